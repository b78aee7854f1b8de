/* SPDX-License-Identifier: Apache-2.0 */
/* The rows of metrics that are about chains (metrics_rows.c). */
#ifndef AFFIANT_METRICS_CHAINS_H
#define AFFIANT_METRICS_CHAINS_H

#include "oracle/metrics.h"

void metrics_chains_ok(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_head(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_open(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_steps(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_failures(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_balance(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_spent(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_usable(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_timestamp(
    const struct metrics_facts *facts, struct metrics_series *to);
void metrics_chains_updates(
    const struct metrics_facts *facts, struct metrics_series *to);

#endif
