// A fork-join pool: the caller works too, workers spin shortly and then sleep on a futex.
//
// A worker joins a job through `gate` (the number of joined workers, -1: closed), so that a worker the system has put
// aside never holds up a job it has not begun. A worker that finds itself on the caller's core moves away: two threads
// stacked on one core were the main loss measured on small machines.
#define _GNU_SOURCE
#include "CKernels.h"
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { max_workers = 255, spins = 2000 };

static struct {
  _Alignas(64) atomic_uint generation;
  _Alignas(64) atomic_int sleepers;
  _Alignas(64) atomic_long gate;
  _Alignas(64) atomic_long next;
  _Alignas(64) atomic_flag busy;
  long count;
  ck_body body;
  void *context;
  atomic_int caller_cpu;
  atomic_int threads;
  int spawned;
} pool = {.gate = -1, .threads = 1, .busy = ATOMIC_FLAG_INIT};

static _Thread_local int no_gradient_depth;
int ck_no_gradient_depth(void) { return no_gradient_depth; }
void ck_no_gradient_change(int by) { no_gradient_depth += by; }

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

static cpu_set_t allowed;

static void leave_cpu(int cpu) {
  if (cpu < 0 || cpu >= CPU_SETSIZE || sched_getcpu() != cpu || CPU_COUNT(&allowed) < 2) return;
  cpu_set_t others = allowed;
  CPU_CLR(cpu, &others);
  if (CPU_COUNT(&others) == 0) return;
  sched_setaffinity(0, sizeof others, &others);
  sched_setaffinity(0, sizeof allowed, &allowed);
}

static void take_work(void) {
  const long count = pool.count;
  for (long i; (i = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed)) < count;) pool.body(i, pool.context);
}

static void *worker(void *argument) {
  const int index = (int)(long)argument;
  unsigned seen = 0;
  for (;;) {
    unsigned now = atomic_load(&pool.generation);
    for (int i = 0; now == seen && i < spins; i++) {
      relax();
      now = atomic_load(&pool.generation);
    }
    while (now == seen) {
      atomic_fetch_add(&pool.sleepers, 1);
      syscall(SYS_futex, &pool.generation, FUTEX_WAIT_PRIVATE, seen, NULL, NULL, 0);
      atomic_fetch_sub(&pool.sleepers, 1);
      now = atomic_load(&pool.generation);
    }
    seen = now;
    if (index >= atomic_load(&pool.threads) - 1) continue;
    long joined = atomic_load(&pool.gate);
    while (joined >= 0 && !atomic_compare_exchange_weak(&pool.gate, &joined, joined + 1)) {}
    if (joined < 0) continue;
    leave_cpu(atomic_load_explicit(&pool.caller_cpu, memory_order_relaxed));
    take_work();
    atomic_fetch_sub(&pool.gate, 1);
  }
  return NULL;
}

int ck_online_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (int)n : 1;
}

void ck_set_threads(int threads) {
  while (atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) sched_yield();
  if (threads < 1) threads = 1;
  if (threads > max_workers + 1) threads = max_workers + 1;
  if (pool.spawned == 0) sched_getaffinity(0, sizeof allowed, &allowed);
  while (pool.spawned < threads - 1) {
    pthread_t thread;
    if (pthread_create(&thread, NULL, worker, (void *)(long)pool.spawned) != 0) break;
    pthread_detach(thread);
    pool.spawned++;
  }
  atomic_store(&pool.threads, pool.spawned + 1 < threads ? pool.spawned + 1 : threads);
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

int ck_threads(void) { return atomic_load(&pool.threads); }

void ck_parallel_for(long count, ck_body body, void *context) {
  if (count <= 0) return;
  if (count == 1 || atomic_load_explicit(&pool.threads, memory_order_relaxed) == 1 ||
      atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) {
    for (long i = 0; i < count; i++) body(i, context);
    return;
  }
  pool.count = count;
  pool.body = body;
  pool.context = context;
  atomic_store_explicit(&pool.caller_cpu, sched_getcpu(), memory_order_relaxed);
  atomic_store_explicit(&pool.next, 0, memory_order_relaxed);
  atomic_store(&pool.gate, 0);
  atomic_fetch_add(&pool.generation, 1);
  if (atomic_load(&pool.sleepers) > 0) syscall(SYS_futex, &pool.generation, FUTEX_WAKE_PRIVATE, max_workers, NULL, NULL, 0);
  take_work();
  long none = 0;
  for (int i = 0; !atomic_compare_exchange_weak(&pool.gate, &none, -1); i++) {
    none = 0;
    if (i < spins) relax(); else sched_yield();
  }
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

int ck_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return 1;
#endif
  return 0;
}
