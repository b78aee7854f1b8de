/* SPDX-License-Identifier: Apache-2.0 */
#include "verify/dstack_images.h"

#include "verify/base/text.h"
#include "verify/yaml_read.h"

#include <string.h>

#define AT "dstack.compose.images"
#define DIGEST_MARK "@sha256:"

static bool is_reference_byte(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	    (c >= '0' && c <= '9') || (c != '\0' && strchr("._/:-", c) != NULL);
}

bool dstack_image_is_pinned(struct span reference)
{
	const size_t n_mark = strlen(DIGEST_MARK), n_tail = n_mark + 64;
	size_t n_name;

	if (reference.n <= n_tail)
		return false;
	n_name = reference.n - n_tail;
	for (size_t i = 0; i < n_name; i++)
		if (!is_reference_byte(reference.p[i]))
			return false;
	return memcmp(reference.p + n_name, DIGEST_MARK, n_mark) == 0 &&
	    hex_is_lower(span_of(reference.p + n_name + n_mark, 64));
}

static FALLIBLE take_image(struct dstack_compose *c, struct span value,
    enum yaml_style style, struct fault *f)
{
	if (style != YAML_PLAIN && style != YAML_QUOTED)
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "an image is named in a way that is not read here");
	if (c->n_images == LIMIT_COMPOSE_IMAGES)
		return fault_raise(f, FAULT_LIMIT, AT, "more than %d images",
		    LIMIT_COMPOSE_IMAGES);
	c->image[c->n_images++] =
	    (struct dstack_image){ value, dstack_image_is_pinned(value) };
	return true;
}

/* Members of a service that bring in code from elsewhere. */
static FALLIBLE check_service(const struct yaml_path *p, struct fault *f)
{
	static const char *const from_elsewhere[] = { "build", "extends",
		"provider" };

	for (size_t i = 0; i < COUNT(from_elsewhere); i++)
		if (yaml_path_is(p, 2, from_elsewhere[i]))
			return fault_raise(f, FAULT_UNSUPPORTED, AT,
			    "a service has the member %s: its code comes from "
			    "elsewhere",
			    from_elsewhere[i]);
	return true;
}

static bool visit(void *ctx, const struct yaml_path *p, struct span value,
    enum yaml_style style, struct fault *f)
{
	struct dstack_compose *c = (struct dstack_compose *)ctx;
	bool is_type = p->n > 0 && span_equal_text(p->name[p->n - 1], "type");

	if (yaml_path_is(p, 0, "include"))
		return fault_raise(
		    f, FAULT_UNSUPPORTED, AT, "it includes another file");
	if (!yaml_path_is(p, 0, "services"))
		return true;
	TRY(check_service(p, f));
	/* A volume can be an image as well. */
	if (is_type && p->n > 3 &&
	    (style == YAML_ESCAPED || span_equal_text(value, "image")))
		return fault_raise(f, FAULT_UNSUPPORTED, AT,
		    "a volume is an image, which is not read here");
	if (p->n == 3 && yaml_path_is(p, 2, "image"))
		return take_image(c, value, style, f);
	return true;
}

FALLIBLE dstack_images_read(
    struct span text, struct dstack_compose *c, struct fault *f)
{
	TRY(yaml_read(text, visit, c, f));
	if (c->n_images == 0)
		return fault_raise(
		    f, FAULT_UNSUPPORTED, AT, "no service names an image");
	return true;
}
