/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What an app-compose lets its app do, read the way guests read it: old and new
 * names of a setting together, defaults filled in. Guests ignore members that
 * they do not know; here they are kept by name, for a policy to refuse.
 */
#ifndef AFFIANT_DSTACK_COMPOSE_H
#define AFFIANT_DSTACK_COMPOSE_H

#include "verify/base/hash.h"
#include "verify/base/json.h"
#include "verify/base/limits.h"
#include "verify/dstack_identity.h"

struct dstack_image {
	struct span reference; /* "name@sha256:...", as it stands */
	bool is_pinned;
};

/* Runs as root in the guest: init_script, pre_launch_script, bash_script. */
struct dstack_script {
	const char *member;
	struct sha256 hash; /* of its text */
};

struct dstack_compose {
	struct json *doc; /* what is borrowed below lives in it */
	bool has_known_runner;
	struct dstack_image image[LIMIT_COMPOSE_IMAGES];
	size_t n_images;
	struct fault
	    images; /* why the list is not known to be whole, or none */
	struct dstack_script script[LIMIT_COMPOSE_SCRIPTS];
	size_t n_scripts;
	bool gateway;
	bool public_logs, public_sysinfo, public_tcbinfo;
	enum dstack_key_provider key_provider;
	struct blob key_provider_id;  /* that it pins; empty: none */
	const struct json_node *envs; /* texts; NULL: none */
};
void dstack_compose_drop(struct dstack_compose *c);

/*
 * FORMAT and LIMIT at "dstack.compose.form". What nobody can tell about its
 * images is no fault of the form: see `images`.
 */
FALLIBLE dstack_compose_parse(
    struct span text, struct dstack_compose *out, struct fault *f);

/*
 * The first member that is unknown here, from *v on (json_first of the root at
 * first); NULL when there is none.
 */
const struct json_node *dstack_compose_unknown(const struct json_node *v);

#endif
