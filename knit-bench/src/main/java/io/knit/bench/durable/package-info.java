/**
 * What it costs that a deployment is accepted only once it is stored: a server of its own process beside SQLite that does nothing but insert.
 * {@code DurableBench} prints the table, {@code SqliteRows} is the peer.
 */
@NullMarked
package io.knit.bench.durable;

import org.jspecify.annotations.NullMarked;
