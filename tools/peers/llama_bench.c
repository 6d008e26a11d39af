// Measures libllama on fixed token ids, without a sampler or a tokenizer in the way, one JSON line a repeat.
//
//     llama_bench MODEL.gguf --mode decode|prefill|batch [--threads N] [--tokens 256] [--prompt 512] [--streams 8] [--repeats R]
//     llama_bench MODEL.gguf --mode logits --ids 1,2,3 [--all]       logits of the last position, or of every one
//     llama_bench MODEL.gguf --mode greedy --ids 1,2,3 --tokens N    ids of the likeliest continuation (never stops early)
//     llama_bench MODEL.gguf --mode perplexity --file IDS            mean negative log likelihood, windows of 512
//     llama_bench MODEL.gguf --mode tokenize < LINES                 a JSON string a line in, an array of ids a line out
//     llama_bench --version
//
// decode feeds one token after another from an empty context and asks for the logits of each; prefill takes one prompt
// and asks for the logits of its last position; batch decodes several streams at once, --tokens of each.
// Settings: --flash 0|1, --no-mmap, --kv f16|bf16|f32 (cache), --unified 0|1 (one cache buffer for all streams),
// --poll 0..100 (how long idle threads spin; OpenMP builds ignore it), --ubatch N (positions a pass, 512).
#include "ggml-cpu.h"
#include "llama.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW = 512 };

typedef struct {
    const char *model, *mode, *ids, *file, *kv;
    int threads, tokens, prompt, streams, repeats, flash, unified, poll, ubatch;
    bool mmap, all;
} Options;

typedef struct {
    llama_token *items;
    size_t count, capacity;
} Ids;

static void fail(const char *message, const char *detail) {
    fprintf(stderr, "llama_bench: %s%s%s\n", message, detail ? ": " : "", detail ? detail : "");
    exit(1);
}

static void append(Ids *ids, llama_token id) {
    if (ids->count == ids->capacity) {
        ids->capacity = ids->capacity ? 2 * ids->capacity : 1024;
        ids->items = realloc(ids->items, ids->capacity * sizeof *ids->items);
        if (!ids->items) fail("out of memory", NULL);
    }
    ids->items[ids->count++] = id;
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + time.tv_nsec * 1e-9;
}

/// Resident memory at most since this program was started (getrusage would count the program that started it).
static long long peakMemory(void) {
    FILE *status = fopen("/proc/self/status", "r");
    char line[256];
    long long kilobytes = 0;
    while (status && fgets(line, sizeof line, status) && sscanf(line, "VmHWM: %lld", &kilobytes) != 1) {}
    if (status) fclose(status);
    return kilobytes * 1024;
}

/// Numbers of a text, whatever stands between them.
static Ids parseIds(const char *text, int vocabulary) {
    Ids ids = {0};
    while (*text) {
        if (*text < '0' || *text > '9') { text++; continue; }
        char *end;
        long id = strtol(text, &end, 10);
        if (id >= vocabulary) fail("a token id is outside the vocabulary", text);
        append(&ids, (llama_token)id);
        text = end;
    }
    if (!ids.count) fail("no token ids (--ids 1,2,3 or --file PATH)", NULL);
    return ids;
}

static char *readFile(const char *path) {
    FILE *file = path ? fopen(path, "rb") : NULL;
    if (!file) fail("cannot read --file", path);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    if (!text || fread(text, 1, size, file) != (size_t)size) fail("cannot read --file", path);
    text[size] = 0;
    fclose(file);
    return text;
}

/// The same ids in every run and on every machine.
static Ids fixedIds(size_t count, int vocabulary) {
    Ids ids = {0};
    unsigned long long state = 1;
    for (size_t i = 0; i < count; i++) {
        state = state * 6364136223846793005ULL + 1442695040888963407ULL;
        append(&ids, (llama_token)((state >> 33) % (unsigned)vocabulary));
    }
    return ids;
}

static enum ggml_type cacheType(const char *name) {
    if (!strcmp(name, "f16")) return GGML_TYPE_F16;
    if (!strcmp(name, "bf16")) return GGML_TYPE_BF16;
    if (!strcmp(name, "f32")) return GGML_TYPE_F32;
    fail("--kv takes f16, bf16 or f32", name);
    return GGML_TYPE_F16;
}

static struct llama_context *makeContext(struct llama_model *model, const Options *o, int positions, int streams) {
    struct llama_context_params params = llama_context_default_params();
    params.n_ctx = positions * streams;
    params.n_batch = positions > streams ? positions : streams;
    params.n_ubatch = o->ubatch;
    params.n_seq_max = streams;
    params.n_threads = params.n_threads_batch = o->threads;
    params.flash_attn_type = o->flash ? LLAMA_FLASH_ATTN_TYPE_ENABLED : LLAMA_FLASH_ATTN_TYPE_DISABLED;
    params.type_k = params.type_v = cacheType(o->kv);
    params.kv_unified = o->unified;
    struct llama_context *context = llama_init_from_model(model, params);
    if (!context) fail("libllama makes no context", NULL);
    struct ggml_threadpool_params pool = ggml_threadpool_params_default(o->threads);
    pool.poll = o->poll;
    llama_attach_threadpool(context, ggml_threadpool_new(&pool), NULL);
    return context;
}

/// One pass over tokens of one sequence; logits of the last, or of all.
static void feed(struct llama_context *context, struct llama_batch *batch, const llama_token *ids, int count, int start, bool all) {
    batch->n_tokens = count;
    for (int i = 0; i < count; i++) {
        batch->token[i] = ids[i];
        batch->pos[i] = start + i;
        batch->n_seq_id[i] = 1;
        batch->seq_id[i][0] = 0;
        batch->logits[i] = all || i == count - 1;
    }
    if (llama_decode(context, *batch)) fail("llama_decode failed", NULL);
    llama_synchronize(context);
}

/// One step of every stream, each at the same position with a token of its own.
static void feedStreams(struct llama_context *context, struct llama_batch *batch, const llama_token *ids, int streams, int position) {
    batch->n_tokens = streams;
    for (int i = 0; i < streams; i++) {
        batch->token[i] = ids[i];
        batch->pos[i] = position;
        batch->n_seq_id[i] = 1;
        batch->seq_id[i][0] = i;
        batch->logits[i] = 1;
    }
    if (llama_decode(context, *batch)) fail("llama_decode failed", NULL);
    llama_synchronize(context);
}

/// One run of a speed mode from an empty context; the first `limit` steps of it when warming up.
static double speedRun(struct llama_context *context, struct llama_batch *batch, const Options *o, const Ids *ids, int limit) {
    llama_memory_clear(llama_get_memory(context), false);
    int steps = limit && limit < o->tokens ? limit : o->tokens;
    double start = now();
    if (!strcmp(o->mode, "prefill")) {
        feed(context, batch, ids->items, o->prompt, 0, false);
    } else if (!strcmp(o->mode, "batch")) {
        for (int i = 0; i < steps; i++) feedStreams(context, batch, ids->items + (size_t)i * o->streams, o->streams, i);
    } else {
        for (int i = 0; i < steps; i++) feed(context, batch, ids->items + i, 1, i, false);
    }
    return now() - start;
}

static void measure(struct llama_model *model, const Options *o, int vocabulary, double loadSeconds) {
    bool prefill = !strcmp(o->mode, "prefill"), many = !strcmp(o->mode, "batch");
    int positions = prefill ? o->prompt : o->tokens, streams = many ? o->streams : 1;
    struct llama_context *context = makeContext(model, o, positions, streams);
    struct llama_batch batch = llama_batch_init(prefill ? o->prompt : streams, 0, 1);
    Ids ids = fixedIds((size_t)positions * streams, vocabulary);
    speedRun(context, &batch, o, &ids, 16);
    for (int repeat = 0; repeat < o->repeats; repeat++) {
        double seconds = speedRun(context, &batch, o, &ids, 0);
        printf("{\"mode\":\"%s\",\"repeat\":%d,\"threads\":%d,\"flash\":%d,\"mmap\":%d,\"kv\":\"%s\",\"unified\":%d,"
               "\"tokens_per_second\":%.3f,\"seconds\":%.6f}\n",
               o->mode, repeat, o->threads, o->flash, o->mmap, o->kv, o->unified, (double)positions * streams / seconds, seconds);
        fflush(stdout);
    }
    printf("{\"peak_memory_bytes\":%lld,\"load_seconds\":%.4f}\n", peakMemory(), loadSeconds);
}

static void printRow(const float *row, int count) {
    for (int i = 0; i < count; i++) printf("%s%.9g", i ? "," : "[", row[i]);
    printf("]");
}

static void printIds(const llama_token *ids, size_t count) {
    printf("[");
    for (size_t i = 0; i < count; i++) printf("%s%d", i ? "," : "", ids[i]);
    printf("]");
}

static void printLogits(struct llama_model *model, const Options *o, int vocabulary) {
    Ids ids = parseIds(o->ids ? o->ids : readFile(o->file), vocabulary);
    struct llama_context *context = makeContext(model, o, (int)ids.count, 1);
    struct llama_batch batch = llama_batch_init((int)ids.count, 0, 1);
    feed(context, &batch, ids.items, (int)ids.count, 0, o->all);
    printf("{\"ids\":");
    printIds(ids.items, ids.count);
    printf(",\"logits\":");
    for (size_t i = o->all ? 0 : ids.count - 1; i < ids.count; i++) {
        if (o->all) printf(i ? "," : "[");
        printRow(llama_get_logits_ith(context, (int)i), vocabulary);
    }
    printf(o->all ? "]}\n" : "}\n");
}

static void printGreedy(struct llama_model *model, const Options *o, int vocabulary) {
    Ids ids = parseIds(o->ids ? o->ids : readFile(o->file), vocabulary);
    size_t prompt = ids.count, fed = 0;
    struct llama_context *context = makeContext(model, o, (int)prompt + o->tokens, 1);
    struct llama_batch batch = llama_batch_init((int)prompt, 0, 1);
    for (int i = 0; i < o->tokens; i++) {
        feed(context, &batch, ids.items + fed, (int)(ids.count - fed), (int)fed, false);
        fed = ids.count;
        const float *logits = llama_get_logits_ith(context, -1);
        int best = 0;
        for (int j = 1; j < vocabulary; j++) if (logits[j] > logits[best]) best = j;
        append(&ids, best);
    }
    printf("{\"ids\":");
    printIds(ids.items + prompt, ids.count - prompt);
    printf("}\n");
}

/// Non-overlapping windows, nothing put before them; the first position of each is not scored. A last shorter one counts.
static void printPerplexity(struct llama_model *model, const Options *o, int vocabulary) {
    Ids ids = parseIds(readFile(o->file), vocabulary);
    struct llama_context *context = makeContext(model, o, WINDOW, 1);
    struct llama_batch batch = llama_batch_init(WINDOW, 0, 1);
    double sum = 0;
    long long scored = 0, windows = 0;
    for (size_t start = 0; start + 1 < ids.count; start += WINDOW, windows++) {
        int count = ids.count - start < WINDOW ? (int)(ids.count - start) : WINDOW;
        llama_memory_clear(llama_get_memory(context), false);
        feed(context, &batch, ids.items + start, count, 0, true);
        for (int i = 0; i + 1 < count; i++, scored++) {
            const float *row = llama_get_logits_ith(context, i);
            double highest = row[0], total = 0;
            for (int j = 1; j < vocabulary; j++) if (row[j] > highest) highest = row[j];
            for (int j = 0; j < vocabulary; j++) total += exp(row[j] - highest);
            sum += highest + log(total) - row[ids.items[start + i + 1]];
        }
    }
    double mean = sum / scored;
    printf("{\"mean_negative_log_likelihood\":%.9g,\"perplexity\":%.9g,\"scored\":%lld,\"windows\":%lld}\n", mean, exp(mean), scored, windows);
}

static unsigned hex4(const char *text) {
    char digits[5] = {0}, *end;
    strncpy(digits, text, 4);
    unsigned value = (unsigned)strtoul(digits, &end, 16);
    if (end != digits + 4) fail("a \\u of a JSON string lacks its four digits", text);
    return value;
}

static char *writeUTF8(char *out, unsigned c) {
    if (c < 0x80) { *out++ = (char)c; return out; }
    if (c < 0x800) { *out++ = (char)(0xC0 | c >> 6); }
    else if (c < 0x10000) { *out++ = (char)(0xE0 | c >> 12); *out++ = (char)(0x80 | (c >> 6 & 63)); }
    else { *out++ = (char)(0xF0 | c >> 18); *out++ = (char)(0x80 | (c >> 12 & 63)); *out++ = (char)(0x80 | (c >> 6 & 63)); }
    *out++ = (char)(0x80 | (c & 63));
    return out;
}

/// Decodes a JSON string in place and returns its length in bytes (it may hold zero bytes).
static int decodeString(char *line) {
    char *in = strchr(line, '"'), *out = line;
    if (!in) fail("a line is not a JSON string", line);
    for (in++; *in != '"'; ) {
        if (!*in) fail("a JSON string does not end on its line", NULL);
        if (*in != '\\') { *out++ = *in++; continue; }
        char kind = in[1];
        in += 2;
        if (kind == 'u') {
            unsigned c = hex4(in);
            in += 4;
            if (c >> 10 == 0x36 && in[0] == '\\' && in[1] == 'u') { c = 0x10000 + ((c & 0x3FF) << 10) + (hex4(in + 2) & 0x3FF); in += 6; }
            out = writeUTF8(out, c);
        } else {
            const char *from = "nrtbf", *to = "\n\r\t\b\f", *found = kind ? strchr(from, kind) : NULL;
            *out++ = found ? to[found - from] : kind;
        }
    }
    return (int)(out - line);
}

static void tokenizeLines(const struct llama_vocab *vocab) {
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stdin) > 0) {
        if (line[strspn(line, " \t\r\n")] == 0) continue;
        int length = decodeString(line), most = length + 8;
        llama_token *ids = malloc(most * sizeof *ids);
        int count = llama_tokenize(vocab, line, length, ids, most, false, false);
        if (count < 0) fail("llama_tokenize failed", NULL);
        printIds(ids, count);
        printf("\n");
        free(ids);
    }
}

static int number(const char *name, const char *text, int lowest) {
    char *end;
    long value = text ? strtol(text, &end, 10) : 0;
    if (!text || end == text || *end || value < lowest || value > 1 << 24) fail("a number is missing or out of range after", name);
    return (int)value;
}

static Options parseOptions(int argc, char **argv) {
    Options o = {.mode = "decode", .kv = "f16", .threads = 1, .tokens = 256, .prompt = 512, .streams = 8, .repeats = 1,
                 .flash = 1, .poll = 50, .ubatch = 512, .mmap = true};
    for (int i = 1; i < argc; i++) {
        const char *name = argv[i], *value = argv[i + 1];
        struct { const char *name; int *at, lowest; } numbers[] = {
            {"--threads", &o.threads, 1}, {"--tokens", &o.tokens, 1}, {"--prompt", &o.prompt, 1}, {"--streams", &o.streams, 1},
            {"--repeats", &o.repeats, 1}, {"--flash", &o.flash, 0}, {"--unified", &o.unified, 0}, {"--poll", &o.poll, 0}, {"--ubatch", &o.ubatch, 1}};
        struct { const char *name, **at; } texts[] = {{"--mode", &o.mode}, {"--ids", &o.ids}, {"--file", &o.file}, {"--kv", &o.kv}};
        bool taken = false;
        for (size_t j = 0; j < sizeof numbers / sizeof *numbers; j++)
            if (!strcmp(name, numbers[j].name)) { *numbers[j].at = number(name, value, numbers[j].lowest); taken = true; i++; }
        for (size_t j = 0; j < sizeof texts / sizeof *texts; j++)
            if (!strcmp(name, texts[j].name)) { if (!value) fail("a value is missing after", name); *texts[j].at = value; taken = true; i++; }
        if (taken) continue;
        if (!strcmp(name, "--no-mmap")) o.mmap = false;
        else if (!strcmp(name, "--all")) o.all = true;
        else if (name[0] == '-' || o.model) fail("unknown argument", name);
        else o.model = name;
    }
    if (!o.model) fail("which MODEL.gguf?", NULL);
    return o;
}

static void logErrors(enum ggml_log_level level, const char *text, void *unused) {
    (void)unused;
    if (level == GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

int main(int argc, char **argv) {
    llama_log_set(logErrors, NULL);
    llama_backend_init();
    if (argc == 2 && !strcmp(argv[1], "--version")) {
        printf("llama.cpp %s, ggml %s; %s\n", llama_version(), ggml_version(), llama_print_system_info());
        return 0;
    }
    Options o = parseOptions(argc, argv);
    bool tokenize = !strcmp(o.mode, "tokenize");
    struct llama_model_params params = llama_model_default_params();
    params.load_mode = o.mmap ? LLAMA_LOAD_MODE_MMAP : LLAMA_LOAD_MODE_NONE;
    params.vocab_only = tokenize;
    double start = now();
    struct llama_model *model = llama_model_load_from_file(o.model, params);
    if (!model) fail("libllama cannot load", o.model);
    double loadSeconds = now() - start;
    const struct llama_vocab *vocab = llama_model_get_vocab(model);
    int vocabulary = llama_vocab_n_tokens(vocab);
    if (tokenize) tokenizeLines(vocab);
    else if (!strcmp(o.mode, "logits")) printLogits(model, &o, vocabulary);
    else if (!strcmp(o.mode, "greedy")) printGreedy(model, &o, vocabulary);
    else if (!strcmp(o.mode, "perplexity")) printPerplexity(model, &o, vocabulary);
    else if (!strcmp(o.mode, "decode") || !strcmp(o.mode, "prefill") || !strcmp(o.mode, "batch")) measure(model, &o, vocabulary, loadSeconds);
    else fail("--mode takes decode, prefill, batch, logits, greedy, perplexity or tokenize", o.mode);
    return 0;  // the system takes everything back
}
