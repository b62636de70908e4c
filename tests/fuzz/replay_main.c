/* Runs a fuzzer's inputs without the fuzzer: every file named, or found in a folder named. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned n_runs;

/* The input lies in a block of exactly its size, so that a sanitizer sees its end. */
static int run_file(const char *path, size_t size)
{
	FILE *f = fopen(path, "rb");
	uint8_t *data = malloc(size);
	int r = -1;

	if (f && (data || size == 0) && fread(data, 1, size, f) == size) {
		LLVMFuzzerTestOneInput(data, size);
		n_runs++;
		r = 0;
	} else {
		perror(path);
	}
	free(data);
	if (f)
		fclose(f);
	return r;
}

static int run_path(const char *path);

static int run_folder(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *entry;
	char name[4096];
	int r = 0;

	if (!dir) {
		perror(path);
		return -1;
	}
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s/%s", path, entry->d_name);
		if (run_path(name) < 0)
			r = -1;
	}
	closedir(dir);
	return r;
}

static int run_path(const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0) {
		perror(path);
		return -1;
	}
	return S_ISDIR(st.st_mode) ? run_folder(path) : run_file(path, (size_t)st.st_size);
}

int main(int argc, char *argv[])
{
	int r = 0;

	for (int i = 1; i < argc; i++)
		if (run_path(argv[i]) < 0)
			r = 1;
	printf("%u inputs\n", n_runs);
	return n_runs > 0 ? r : 1;
}
