/**
 * What rooms share that measure Knit: rows of a table, with a peer or a goal beside them, an image made on the spot, folders that go again, {@link io.knit.bench.beside.KnitProcess} and requests to it over connections that
 * are kept.
 */
@NullMarked
package io.knit.bench.beside;

import org.jspecify.annotations.NullMarked;
