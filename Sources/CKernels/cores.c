// How many cores this process may use: its affinity mask and the CPU quotas of its cgroup and those above it; and which
// kernels they run.
#define _GNU_SOURCE
#include "CKernels.h"
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

int ck_allowed_cores(void) {
  cpu_set_t set;
  if (sched_getaffinity(getpid(), sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) return CPU_COUNT(&set);
  const long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n > 0 ? (int)n : 1;
}

int ck_thread_cores(void) {
  cpu_set_t set;
  return sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 0;
}

int ck_current_core(void) { return sched_getcpu(); }

/// The number in a file "folder/name", -1 where there is none.
static double number_in(const char *folder, const char *name) {
  char path[600];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *file = fopen(path, "r");
  double value;
  if (!file) return -1;
  if (fscanf(file, "%lf", &value) != 1) value = -1;
  fclose(file);
  return value;
}

/// The quota of one cgroup folder in cores, of version 2 (cpu.max: "max 100000" or "150000 100000") or 1; 0 for none.
static double quota_in(const char *folder) {
  char path[600];
  snprintf(path, sizeof path, "%s/cpu.max", folder);
  double quota = -1, period = 100000;
  FILE *file = fopen(path, "r");
  if (file) {
    if (fscanf(file, "%lf %lf", &quota, &period) < 1) quota = -1;
    fclose(file);
  } else {
    quota = number_in(folder, "cpu.cfs_quota_us");
    period = number_in(folder, "cpu.cfs_period_us");
  }
  return quota > 0 && period > 0 ? quota / period : 0;
}

/// The smallest quota of root/path and the folders above it, down to root itself; `least` where none is smaller.
static double least_quota(const char *root, const char *path, double least) {
  char folder[512];
  if (snprintf(folder, sizeof folder, "%s%s", root, path) >= (int)sizeof folder) return least;
  for (;;) {
    const double quota = quota_in(folder);
    if (quota > 0 && (least == 0 || quota < least)) least = quota;
    char *slash = strrchr(folder, '/');
    if (!slash || (size_t)(slash - folder) < strlen(root)) return least;
    *slash = 0;
  }
}

/// The CPU quota in cores, 0 for none. A line of /proc/self/cgroup is "0::/path" (version 2) or "4:cpu,cpuacct:/path".
static double cpu_quota(void) {
  FILE *file = fopen("/proc/self/cgroup", "r");
  if (!file) return 0;
  char text[512];
  double least = 0;
  while (fgets(text, sizeof text, file)) {
    text[strcspn(text, "\n")] = 0;
    char *controllers = strchr(text, ':'), *path = controllers ? strchr(controllers + 1, ':') : NULL;
    if (!path) continue;
    *path++ = 0;
    controllers++;
    if (*controllers == 0) {
      least = least_quota("/sys/fs/cgroup", path, least);
      least = least_quota("/sys/fs/cgroup/unified", path, least);
    } else if (strcmp(controllers, "cpu") == 0 || strncmp(controllers, "cpu,", 4) == 0 || strstr(controllers, ",cpu")) {
      least = least_quota("/sys/fs/cgroup/cpu", path, least);
      least = least_quota("/sys/fs/cgroup/cpu,cpuacct", path, least);
    }
  }
  fclose(file);
  return least;
}

int ck_default_threads(void) {
  const int cores = ck_allowed_cores();
  const double quota = cpu_quota();
  if (quota <= 0 || quota >= cores) return cores;
  return quota < 1.5 ? 1 : (int)(quota + 0.5);
}

int ck_level(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f")) return 2;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c")) return 1;
#endif
  return 0;
}
