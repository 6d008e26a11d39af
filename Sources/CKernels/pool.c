// A fork-join pool: the caller works too; workers spin shortly after a job and then sleep on a futex.
//
// Each worker has a mailbox, a line of its own that holds its state and its job. The caller puts `ready` into it and the worker
// makes it `running`; what a worker has not begun when the caller has done its own share, the caller takes back and does itself,
// so a worker the system has put aside never holds up a job. Index i < members belongs to member i, further ones are
// taken from `next`: a job of as many parts as threads costs one exchange of a line in each direction.
//
// Two threads stacked on one core are the main loss on small machines (each waits for a whole time slice of the other), so
// the caller gives each worker a core of its own, never the one it runs on itself, and another one when it has moved there. The caller
// is not pinned: its thread is not ours. A worker that has waited 1 ms may run anywhere again, so that idle pools of
// several processes do not share out cores. ATELIER_PIN=0 pins nothing.
#define _GNU_SOURCE
#include "CKernels.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

enum { max_workers = 255, line = 128 };
enum { spin_ns = 50000, pin_ns = 1000000, pauses_before_yield = 2000 };
/// Of a mailbox. idle: spinning; asleep: on the futex, pinned; unpinning: about to be detached; detached: asleep, not pinned.
enum { idle, ready, running, asleep, unpinning, detached };

typedef struct {
  _Alignas(line) atomic_uint state;
  int index;             // the member's number
  long count;            // of the job
  ck_body body;
  void *context;
} mailbox;

static mailbox boxes[max_workers];

static struct {
  _Alignas(line) atomic_long next;         // first index that no member has taken
  _Alignas(line) atomic_flag busy;         // what follows is the owner's
  int spawned, pinnable;                   // workers; those that may be pinned: fewer than cores
  int cpus[max_workers];                   // where each is pinned, -1: nowhere
  pthread_t handles[max_workers];
} pool = {.busy = ATOMIC_FLAG_INIT};
static atomic_int thread_count = 1;

static _Thread_local int no_gradient_depth;
int ck_no_gradient_depth(void) { return no_gradient_depth; }
void ck_no_gradient_change(int by) { no_gradient_depth += by; }

static inline void relax(void) {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  __asm__ volatile("yield");
#endif
}

static long now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1000000000L + t.tv_nsec;
}

/// Spins, then yields, until `word` is no longer `value`.
static void wait_while(atomic_uint *word, unsigned value) {
  for (int i = 0; atomic_load_explicit(word, memory_order_acquire) == value; i++) {
    if (i < pauses_before_yield) relax(); else sched_yield();
  }
}

// ---- Workers

static void take_further(long count, ck_body body, void *context) {
  for (long i; (i = atomic_fetch_add_explicit(&pool.next, 1, memory_order_relaxed)) < count;) body(i, context);
}

/// Returns when the mailbox was seen `ready` (or after a needless wake-up): spins, sleeps 1 ms, unpins itself, sleeps.
static void await_job(mailbox *own) {
  const long end = now_ns() + spin_ns;
  do {
    for (int i = 0; i < 64; i++) {
      if (atomic_load_explicit(&own->state, memory_order_relaxed) == ready) return;
      relax();
    }
  } while (now_ns() < end);
  unsigned state = idle;
  if (!atomic_compare_exchange_strong(&own->state, &state, asleep)) return;
  const struct timespec patience = {.tv_nsec = pin_ns};
  const long result = syscall(SYS_futex, &own->state, FUTEX_WAIT_PRIVATE, asleep, &patience, NULL, 0);
  state = asleep;
  if (result == -1 && errno == ETIMEDOUT && atomic_compare_exchange_strong(&own->state, &state, unpinning)) {
    cpu_set_t all;
    if (sched_getaffinity(getpid(), sizeof all, &all) == 0) sched_setaffinity(0, sizeof all, &all);
    state = unpinning;
    atomic_compare_exchange_strong(&own->state, &state, detached);
  }
  while ((state = atomic_load(&own->state)) == asleep || state == detached)
    syscall(SYS_futex, &own->state, FUTEX_WAIT_PRIVATE, state, NULL, NULL, 0);
}

static void *work(void *argument) {
  mailbox *own = argument;
  for (;;) {
    await_job(own);
    unsigned state = ready;
    if (!atomic_compare_exchange_strong_explicit(&own->state, &state, running, memory_order_acquire, memory_order_relaxed)) continue;
    own->body(own->index, own->context);
    take_further(own->count, own->body, own->context);
    atomic_store_explicit(&own->state, idle, memory_order_release);
  }
  return NULL;
}

// ---- The caller; holds pool.busy

/// Gives worker w the first core of the process that neither the caller nor another worker has.
static void pin(int w, int caller_cpu) {
  cpu_set_t all;
  if (sched_getaffinity(getpid(), sizeof all, &all) != 0) return;
  if (caller_cpu >= 0 && caller_cpu < CPU_SETSIZE) CPU_CLR(caller_cpu, &all);
  for (int other = 0; other < pool.pinnable; other++)
    if (other != w && pool.cpus[other] >= 0) CPU_CLR(pool.cpus[other], &all);
  pool.cpus[w] = -1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (!CPU_ISSET(cpu, &all)) continue;
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(cpu, &one);
    if (pthread_setaffinity_np(pool.handles[w], sizeof one, &one) == 0) pool.cpus[w] = cpu;
    return;
  }
}

/// Offers worker w what is in its mailbox, on a core that is not the caller's.
static void offer(int w, int caller_cpu) {
  mailbox *box = &boxes[w];
  const unsigned before = atomic_exchange_explicit(&box->state, ready, memory_order_acq_rel);
  if (before == unpinning || before == detached) pool.cpus[w] = -1;
  if (w < pool.pinnable && before != unpinning && (pool.cpus[w] < 0 || pool.cpus[w] == caller_cpu)) pin(w, caller_cpu);
  if (before == asleep || before == detached) syscall(SYS_futex, &box->state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
}

/// Takes back what worker w has not begun; whether that was so.
static int take_back(int w) {
  unsigned state = ready;
  return atomic_load_explicit(&boxes[w].state, memory_order_relaxed) == ready &&
         atomic_compare_exchange_strong_explicit(&boxes[w].state, &state, idle, memory_order_relaxed, memory_order_relaxed);
}

/// Whether the pool is the caller's now: not when it is busy (nested and concurrent calls) or has one thread.
static int begin(void) {
  return atomic_load_explicit(&thread_count, memory_order_relaxed) > 1 &&
         !atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire);
}

/// Waits for the workers that have begun.
static void end(int workers) {
  for (int w = 0; w < workers; w++) wait_while(&boxes[w].state, running);
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

void ck_parallel_for(long count, ck_body body, void *context) {
  if (count <= 0) return;
  if (count == 1 || !begin()) {
    for (long i = 0; i < count; i++) body(i, context);
    return;
  }
  const int threads = ck_threads(), members = count < threads ? (int)count : threads, cpu = sched_getcpu();
  atomic_store_explicit(&pool.next, members, memory_order_relaxed);
  for (int w = 0; w < members - 1; w++) {
    mailbox *box = &boxes[w];
    box->index = w + 1;
    box->count = count;
    box->body = body;
    box->context = context;
    offer(w, cpu);
  }
  body(0, context);
  if (count > members) take_further(count, body, context);
  for (int w = 0; w < members - 1; w++)
    if (take_back(w)) body(w + 1, context);
  end(members - 1);
}

// ---- Size

void ck_set_threads(int threads) {
  while (atomic_flag_test_and_set_explicit(&pool.busy, memory_order_acquire)) sched_yield();
  threads = threads < 1 ? 1 : threads > max_workers + 1 ? max_workers + 1 : threads;
  while (pool.spawned < threads - 1) {
    if (pthread_create(&pool.handles[pool.spawned], NULL, work, &boxes[pool.spawned]) != 0) break;
    pthread_detach(pool.handles[pool.spawned]);
    pool.cpus[pool.spawned++] = -1;
  }
  if (pool.spawned + 1 < threads) threads = pool.spawned + 1;
  const int cores = ck_allowed_cores();
  const char *pins = getenv("ATELIER_PIN");
  pool.pinnable = pins && pins[0] == '0' ? 0 : (threads < cores ? threads : cores) - 1;
  atomic_store(&thread_count, threads);
  atomic_flag_clear_explicit(&pool.busy, memory_order_release);
}

double ck_worker_seconds(void) {
  double seconds = 0;
  for (int w = 0; w < ck_threads() - 1; w++) {
    clockid_t clock;
    struct timespec t;
    if (pthread_getcpuclockid(pool.handles[w], &clock) == 0 && clock_gettime(clock, &t) == 0) seconds += t.tv_sec + 1e-9 * t.tv_nsec;
  }
  return seconds;
}

int ck_threads(void) { return atomic_load_explicit(&thread_count, memory_order_relaxed); }
