// Storage of tensors: a free list by size class, so that a training step allocates nothing once the first has run.
//
// Classes are quarters of powers of two (at most 25 % waste). Blocks go back to their class and never to the system
// until ck_trim(); a freed block holds the link to the next.
#define _GNU_SOURCE
#include "CKernels.h"
#include <pthread.h>
#include <stdlib.h>
#include <sys/mman.h>

enum { classes = 256, huge_page = 1 << 21 };
typedef struct block { struct block *next; } block;
static block *free_blocks[classes];
static long cached_bytes;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/// The class of a request and, rounded up, its size.
static int class_of(long bytes, long *rounded) {
  if (bytes < 64) bytes = 64;
  const int power = 63 - __builtin_clzl((unsigned long)bytes);
  const long step = 1L << (power - 2);
  const long units = (bytes + step - 1) / step;  // 4...8
  *rounded = units * step < 64 ? 64 : (units * step + 63) / 64 * 64;
  return power * 4 + (int)(units - 4);
}

static _Thread_local ck_memory_count counted;
ck_memory_count ck_memory_counted(void) { return counted; }
void ck_memory_count_reset(void) { counted.most = counted.live, counted.fresh = 0; }

void *ck_allocate(long bytes) {
  long rounded;
  const int c = class_of(bytes, &rounded);
  counted.live += rounded;
  if (counted.live > counted.most) counted.most = counted.live;
  pthread_mutex_lock(&lock);
  block *found = free_blocks[c];
  if (found) {
    free_blocks[c] = found->next;
    cached_bytes -= rounded;
  }
  pthread_mutex_unlock(&lock);
  if (found) return found;
  counted.fresh++;
  void *p = NULL;
  if (posix_memalign(&p, rounded >= huge_page ? huge_page : 64, (size_t)rounded) != 0) return NULL;
  if (rounded >= huge_page) madvise(p, (size_t)rounded, MADV_HUGEPAGE);
  return p;
}

void ck_release(void *p, long bytes) {
  if (!p) return;
  long rounded;
  const int c = class_of(bytes, &rounded);
  block *b = p;
  counted.live -= rounded;
  pthread_mutex_lock(&lock);
  b->next = free_blocks[c];
  free_blocks[c] = b;
  cached_bytes += rounded;
  pthread_mutex_unlock(&lock);
}

long ck_trim(void) {
  pthread_mutex_lock(&lock);
  const long freed = cached_bytes;
  for (int c = 0; c < classes; c++)
    while (free_blocks[c]) {
      block *next = free_blocks[c]->next;
      free(free_blocks[c]);
      free_blocks[c] = next;
    }
  cached_bytes = 0;
  pthread_mutex_unlock(&lock);
  return freed;
}
