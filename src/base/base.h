/* The room `base`: errors, memory, bytes, streams, instants.  No operating system. */
#ifndef COMITY_BASE_H
#define COMITY_BASE_H

#include "base/err.h"
#include "base/mem.h"
#include "base/bytes.h"
#include "base/progress.h"
#include "base/stream.h"
#include "base/when.h"

#endif
