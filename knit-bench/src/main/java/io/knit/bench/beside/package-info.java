/**
 * What rooms share that measure Knit beside a peer: rows of a table, {@link io.knit.bench.beside.KnitProcess} and requests to it over connections that
 * are kept.
 */
@NullMarked
package io.knit.bench.beside;

import org.jspecify.annotations.NullMarked;
