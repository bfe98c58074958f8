/*
 * Persons of a home: roles hold by cryptography, a list written by hand is none, and a
 * home that was cut while it changed is one person's or that of persons.
 */
#include "store/keyring.h"
#include "store/testkit.h"

#define ALL_OF_ONE ((1u << ROLE_LAWYER) | (1u << ROLE_CONTACT_POINT) | \
    (1u << ROLE_ADMINISTRATOR))
#define FIRST span_text("one two three")
#define SECOND span_text("four five six")

static struct world *w;
static struct home *h;
static struct keyring *k;
static struct people *p;

/* A home of one with a key of each group. */
static int
setup(void **state)
{
	struct world_sim_options opt = { .seed = 1, .now = NOW };
	struct age_identity *id = NULL;
	struct aead_key docket;
	struct key *key = NULL;

	(void)state;
	OK(world_sim(&w, opt, &err));
	OK(crypto_random_from(w, &err));
	OK(home_begin(w, "office", &h, &err));
	settings_good(home_settings(h));
	OK(keyring_make(h, FIRST, &k, &err));
	OK(age_identity_new(w, &id, &err));
	OK(keyring_put_sealing(k, 1, id, &err));
	age_identity_free(id);
	OK(key_new(&key, KEY_P256, &err));
	OK(keyring_put_signing(k, 1, key, &err));
	OK(keyring_put_ca(k, key, &err));
	key_free(key);
	OK(key_new(&key, KEY_ED25519, &err));
	OK(keyring_put_log(k, 1, key, &err));
	OK(keyring_put_witness(k, key, &err));
	key_free(key);
	OK(keyring_docket_key(k, &docket, &err));
	OK(settings_save(h, &err));
	p = NULL;
	return 0;
}

static int
teardown(void **state)
{
	(void)state;
	people_free(p);
	keyring_close(k);
	home_close(h);
	world_free(w);
	return 0;
}

/* Which groups this keyring opens, by a key of each. */
static unsigned
opens(struct keyring *ring)
{
	const struct age_identity *const *ids;
	struct err err = ERR_INIT;
	struct key *key = NULL;
	struct aead_key docket;
	unsigned set = 0;
	size_t n;

	if (keyring_log(ring, 1, &key, &err))
		set |= 1u << GROUP_LOG;
	key_free(key);
	key = NULL;
	if (keyring_docket_key(ring, &docket, &err))
		set |= 1u << GROUP_DESK;
	if (keyring_signing(ring, 1, &key, &err))
		set |= 1u << GROUP_SIGN;
	key_free(key);
	if (keyring_identities(ring, &ids, &n, &err) && n == 1)
		set |= 1u << GROUP_EVIDENCE;
	return set;
}

static void
as(unsigned number, struct span passphrase)
{
	keyring_close(k);
	k = NULL;
	OK(keyring_open_person(h, number, passphrase, &k, &err));
}

static void
begin(void)
{
	OK(people_begin(h, k, FIRST, ALL_OF_ONE, &p, &err));
}

/* Added by the person of k; passphrase SECOND. */
static void
person_add(unsigned roles)
{
	struct person *list = mem_resize(p->list, (p->n + 1) * sizeof *list, NULL);
	struct person let_in;
	unsigned given;

	assert_non_null(list);
	p->list = list;
	list[p->n] = (struct person){ .number = (unsigned)p->n + 1, .roles = roles,
		.since = NOW };
	OK(person_keys_make(h, &list[p->n], SECOND, &err));
	p->n++;
	OK(people_save(h, k, p, NOW, &err));
	let_in = list[p->n - 1];
	let_in.let_in_by = 1;
	OK(person_groups_give(h, k, &let_in, &given, &err));
}

static void
loaded(void)
{
	people_free(p);
	p = NULL;
	OK(people_load(h, &p, &err));
}

/* ---- */

static void
who_was_alone_is_person_1_under_the_same_passphrase(void **state)
{
	(void)state;
	begin();
	assert_false(home_has(h, "keys/unlock.age"));
	assert_int_equal(opens(k), 15);
	NO(keyring_open(h, FIRST, &k, &err), "people.as");
	as(1, FIRST);
	assert_int_equal(opens(k), 15);
	NO(keyring_open_person(h, 1, SECOND, &k, &err), "key.passphrase");
	NO(keyring_open_person(h, 1, span_text(""), &k, &err), "key.passphrase_empty");
	NO(keyring_open_person(h, 2, FIRST, &k, &err), "people.unknown");
	loaded();
	assert_int_equal(p->n, 1);
	assert_int_equal(p->list[0].roles, ALL_OF_ONE);
	assert_int_equal(people_office(p), OFFICE_ONE);
	NO(people_begin(h, k, FIRST, ALL_OF_ONE, &p, &err), "people.begun");
}

static void
an_administrator_opens_the_ledger_and_nothing_else(void **state)
{
	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	as(2, SECOND);
	assert_int_equal(opens(k), 1u << GROUP_LOG);
	NO(keyring_signing(k, 1, &(struct key *){ NULL }, &err), "key.group");
}

/* Not by the program: with the files in hand and its own key out of its file. */
static void
nor_does_it_with_the_files_by_hand(void **state)
{
	static const char *const sealed[] = { "keys/sealing-1.key.age",
		"keys/signing-1.key.age", "keys/docket.age", "ca/root.key.age",
		"people/1/evidence.age", "people/1/sign.age", "people/1/desk.age",
		"people/1/key.age" };
	const struct age_identity *ids[2];
	struct age_keys keys = { .identities = ids, .n = 2 };

	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	as(2, SECOND);
	OK(keyring_group(k, GROUP_LOG, &ids[1], &err));
	ids[0] = k->unlock;
	for (size_t i = 0; i < sizeof sealed / sizeof *sealed; i++) {
		struct err why = ERR_INIT;
		struct buf file, out;

		buf_init(&file, KEYFILE_MAX);
		buf_init(&out, KEYFILE_MAX);
		OK(home_load(h, sealed[i], &file, &err));
		if (age_open_small(buf_span(&file), &keys, &out, &why))
			fail_msg("%s opens", sealed[i]);
		assert_int_equal(why.kind, ERR_DENIED);
		buf_clear(&file);
		buf_clear(&out);
	}
	/* A copy of another's file under its own name is sealed to another all the same. */
	OK(path_rename(w, home_dir(h), "people/1/evidence.age", home_dir(h),
	    "people/2/evidence.age", false, &err));
	as(2, SECOND);
	NO(keyring_group(k, GROUP_EVIDENCE, &ids[0], &err), "key.group");
}

static void
each_role_opens_its_groups_and_no_other(void **state)
{
	(void)state;
	begin();
	for (int r = 0; r < PEOPLE_ROLES; r++) {
		as(1, FIRST);
		person_add(1u << r);
		as((unsigned)p->n, SECOND);
		assert_int_equal(opens(k), people_roles_open(1u << r));
		assert_int_equal(person_groups(h, (unsigned)p->n),
		    people_roles_open(1u << r));
	}
	assert_int_equal(people_office(p), OFFICE_FULL);
}

static void
who_cannot_open_a_group_cannot_give_it(void **state)
{
	unsigned given;

	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	as(2, SECOND);
	person_add(1u << ROLE_INVESTIGATOR);
	assert_int_equal(person_groups(h, 3), 1u << GROUP_LOG);
	loaded();
	assert_int_equal(p->list[2].let_in_by, 0);
	as(1, FIRST);
	OK(person_groups_give(h, k, &p->list[2], &given, &err));
	assert_int_equal(given, 1u << GROUP_LOG);
	p->list[2].let_in_by = 1;
	OK(person_groups_give(h, k, &p->list[2], &given, &err));
	assert_int_equal(given, people_roles_open(1u << ROLE_INVESTIGATOR));
	as(3, SECOND);
	assert_int_equal(opens(k), given);
	OK(person_groups_take(h, 3, 1u << GROUP_LOG, &err));
	as(3, SECOND);
	assert_int_equal(opens(k), 1u << GROUP_LOG);
}

static void
new_keys_are_sealed_to_their_groups_by_whoever_makes_them(void **state)
{
	const struct age_identity *const *ids;
	struct age_identity *id = NULL;
	size_t n;

	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	as(2, SECOND);
	OK(age_identity_new(w, &id, &err));
	OK(keyring_put_sealing(k, 2, id, &err));
	age_identity_free(id);
	home_settings(h)->sealing = 2;
	NO(keyring_identities(k, &ids, &n, &err), "key.group");
	as(1, FIRST);
	OK(keyring_identities(k, &ids, &n, &err));
	assert_int_equal(n, 2);
}

/* ---- the list ---- */

static void
list_rewrite(const char *path, const char *from, const char *to)
{
	struct buf b;
	uint8_t *at;

	buf_init(&b, SMALL_FILE_MAX);
	OK(home_load(h, path, &b, &err));
	at = memmem(b.p, b.n, from, strlen(from));
	assert_non_null(at);
	assert_int_equal(strlen(from), strlen(to));
	memcpy(at, to, strlen(to));
	OK(home_save(h, path, buf_span(&b), &err));
	buf_clear(&b);
}

static void
a_list_written_by_hand_is_no_list(void **state)
{
	(void)state;
	begin();
	person_add(1u << ROLE_AUDITOR);
	list_rewrite("people/list-2.json", "\"auditor\"", "\"lawyer \"");
	NO(people_load(h, &p, &err), "people.forged");
	list_rewrite("people/list-2.json", "\"lawyer \"", "\"auditor\"");
	loaded();
	list_rewrite("people/list-1.json", "\"lawyer\"", "\"office\"");
	NO(people_load(h, &p, &err), "people.forged");
	list_rewrite("people/list-1.json", "\"office\"", "\"lawyer\"");
	loaded();
	OK(path_remove(w, home_dir(h), "people/list-2.sig", &err));
	NO(people_load(h, &p, &err), "people.forged");
}

/* What each may not write into the next version, though the signature is good. */
static void
nobody_gives_a_role_to_himself_or_lets_himself_in(void **state)
{
	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	person_add(1u << ROLE_INVESTIGATOR);
	/* The investigator adds a role. */
	as(3, SECOND);
	p->list[2].roles |= 1u << ROLE_OFFICER;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-4.json", &err));
	loaded();
	/* And comes in without anybody. */
	p->list[2].let_in_by = 3;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-4.json", &err));
	loaded();
	/* The administrator names people, and lets nobody in ... */
	as(2, SECOND);
	p->list[2].let_in_by = 2;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-4.json", &err));
	loaded();
	/* ... nor puts another key in somebody's place. */
	p->list[0].point[0] ^= 1;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-4.json", &err));
	loaded();
	/* ... nor does the first, who names people too and is not alone any more. */
	as(1, FIRST);
	p->list[2].let_in_by = 1;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-4.json", &err));
	loaded();
	as(2, SECOND);
	p->list[0].roles &= ~(1u << ROLE_ADMINISTRATOR);
	OK(people_save(h, k, p, NOW, &err));
	loaded();
	/* Who only reads drafts does, and changes nothing else. */
	as(1, FIRST);
	p->list[2].let_in_by = 1;
	OK(people_save(h, k, p, NOW, &err));
	loaded();
	assert_int_equal(p->list[2].let_in_by, 1);
	/* A role more by the administrator: to be let in again. */
	as(2, SECOND);
	p->list[2].roles |= 1u << ROLE_OFFICER;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
	OK(path_remove(w, home_dir(h), "people/list-6.json", &err));
	loaded();
	p->list[2].roles |= 1u << ROLE_OFFICER;
	p->list[2].let_in_by = 0;
	OK(people_save(h, k, p, NOW, &err));
	loaded();
}

static void
who_left_opens_nothing_and_signs_no_list(void **state)
{
	(void)state;
	begin();
	person_add(1u << ROLE_ADMINISTRATOR);
	person_add(1u << ROLE_ADMINISTRATOR);
	p->list[1].disabled = true;
	p->list[1].until = NOW;
	OK(people_save(h, k, p, NOW, &err));
	NO(keyring_open_person(h, 2, SECOND, &k, &err), "people.disabled");
	assert_int_equal(people_here(p), 2);
	/* With programs of its own, too. */
	k->person = 2;
	p->list[1].disabled = false;
	OK(people_save(h, k, p, NOW, &err));
	NO(people_load(h, &p, &err), "people.forged");
}

static void
names_are_sealed_and_read_by_whoever_works_here(void **state)
{
	struct buf name, note, raw;

	(void)state;
	begin();
	person_add(1u << ROLE_AUDITOR);
	OK(person_name_save(h, 2, "Canary Nightingale", "a reason", &err));
	as(2, SECOND);
	buf_init(&name, 256);
	buf_init(&note, 512);
	buf_init(&raw, KEYFILE_MAX);
	OK(person_name_load(h, k, 2, &name, &note, &err));
	assert_true(span_is(buf_span(&name), "Canary Nightingale"));
	assert_true(span_is(buf_span(&note), "a reason"));
	OK(home_load(h, "people/2/name.age", &raw, &err));
	assert_null(memmem(raw.p, raw.n, "Canary", 6));
	NO(person_name_save(h, 2, "", NULL, &err), "person.name");
	buf_clear(&name);
	buf_clear(&note);
	buf_clear(&raw);
}

static void
a_passphrase_is_one_persons_own(void **state)
{
	(void)state;
	begin();
	person_add(1u << ROLE_AUDITOR);
	as(2, SECOND);
	OK(keyring_rewrap(k, span_text("seven eight"), AGE_LOG_N_TEST, &err));
	NO(keyring_open_person(h, 2, SECOND, &k, &err), "key.passphrase");
	as(2, span_text("seven eight"));
	as(1, FIRST);
}

static void
who_signs_from_afar_has_a_file_of_its_own(void **state)
{
	struct person_key *key = NULL, *again = NULL;
	struct person who;
	struct buf file, public;

	(void)state;
	buf_init(&file, KEYFILE_MAX);
	buf_init(&public, 4096);
	OK(person_key_new(w, &key, &err));
	OK(person_key_seal(w, key, SECOND, AGE_LOG_N_TEST, &file, &err));
	NO(person_key_open(buf_span(&file), FIRST, &again, &err), "key.passphrase");
	OK(person_key_open(buf_span(&file), SECOND, &again, &err));
	OK(person_public_print(again, &public, &err));
	OK(person_public_parse(buf_span(&public), &who, &err));
	assert_true(who.afar);
	NO(person_public_parse(span_text("{}"), &who, &err), "json.member");
	NO(person_public_parse(span_text("{\"schema\": \"comity.person/1\", \"key\": "
	    "\"0100000000000000000000000000000000000000000000000000000000000000\", "
	    "\"recipient\": \"age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg\"}"),
	    &who, &err), "person.weak");
	person_key_free(key);
	person_key_free(again);
	buf_clear(&file);
	buf_clear(&public);
}

/* Every disk call of the change fails once: the home is one or the other, and whole. */
static void
a_home_cut_while_it_changes_is_one_persons_or_that_of_persons(void **state)
{
	size_t before = 0, after = 0;

	(void)state;
	for (uint64_t nth = 1; nth < 2000; nth++) {
		struct err why = ERR_INIT;
		bool done;

		world_sim_fail(w, SIM_FAULT_IO, nth, true);
		done = people_begin(h, k, FIRST, ALL_OF_ONE, &p, &why);
		world_sim_fail(w, SIM_FAULT_NONE, 0, false);
		keyring_close(k);
		k = NULL;
		if (home_has_people(h)) {
			as(1, FIRST);
			OK(people_settle(h, k, &err));
			assert_false(home_has(h, "keys/unlock.age"));
			after++;
		} else {
			OK(keyring_open(h, FIRST, &k, &err));
			before++;
		}
		assert_int_equal(opens(k), 15);
		if (done && why.kind == ERR_NONE)
			break;
		(void)teardown(NULL);
		(void)setup(NULL);
	}
	print_message("%zu tries ended before, %zu after\n", before, after);
	assert_true(before > 10 && after > 5);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_was_alone_is_person_1_under_the_same_passphrase),
		TEST(an_administrator_opens_the_ledger_and_nothing_else),
		TEST(nor_does_it_with_the_files_by_hand),
		TEST(each_role_opens_its_groups_and_no_other),
		TEST(who_cannot_open_a_group_cannot_give_it),
		TEST(new_keys_are_sealed_to_their_groups_by_whoever_makes_them),
		TEST(a_list_written_by_hand_is_no_list),
		TEST(nobody_gives_a_role_to_himself_or_lets_himself_in),
		TEST(who_left_opens_nothing_and_signs_no_list),
		TEST(names_are_sealed_and_read_by_whoever_works_here),
		TEST(a_passphrase_is_one_persons_own),
		TEST(who_signs_from_afar_has_a_file_of_its_own),
		TEST(a_home_cut_while_it_changes_is_one_persons_or_that_of_persons),
	};

	return cmocka_run_group_tests_name("people", tests, NULL, NULL);
}
