/* SPDX-License-Identifier: Apache-2.0 */
/*
 * main() for fuzz targets in ordinary builds: runs the target once over every
 * file of the folders given, so that a corpus is a regression test. Options
 * (words that start with '-') are libFuzzer's and ignored.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay_file(const char *path)
{
	FILE *in = fopen(path, "rb");
	uint8_t *data = NULL;
	long size;

	if (in == NULL || fseek(in, 0, SEEK_END) != 0 ||
	    (size = ftell(in)) < 0 || fseek(in, 0, SEEK_SET) != 0) {
		fprintf(stderr, "cannot read %s\n", path);
		return -1;
	}
	/* Exactly `size` bytes, so that ASan sees the first one beyond. */
	data = malloc(size > 0 ? (size_t)size : 1);
	if (data == NULL || fread(data, 1, (size_t)size, in) != (size_t)size) {
		fprintf(stderr, "cannot read %s\n", path);
		exit(1);
	}
	fclose(in);
	LLVMFuzzerTestOneInput(data, (size_t)size);
	free(data);
	return 0;
}

int main(int argc, char **argv)
{
	size_t n = 0;

	for (int i = 1; i < argc; i++) {
		if (argv[i][0] == '-')
			continue;
		DIR *dir = opendir(argv[i]);
		if (dir == NULL) {
			fprintf(stderr, "no corpus at %s\n", argv[i]);
			return 1;
		}
		for (struct dirent *e; (e = readdir(dir)) != NULL;) {
			char path[4096];
			if (e->d_name[0] == '.')
				continue;
			snprintf(
			    path, sizeof(path), "%s/%s", argv[i], e->d_name);
			if (replay_file(path) != 0)
				return 1;
			n++;
		}
		closedir(dir);
	}
	printf("%zu inputs replayed\n", n);
	return n > 0 ? 0 : 1;
}
