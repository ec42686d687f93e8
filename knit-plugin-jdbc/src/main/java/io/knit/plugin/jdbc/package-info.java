/**
 * The store on SQL databases, by the Vert.x JDBC client: SQLite in a file by default, PostgreSQL by url.
 *
 * <p>A commit's way: {@link io.knit.plugin.jdbc.JdbcStore} checks it, {@link io.knit.plugin.jdbc.CommitQueue} groups it with those that wait,
 * {@link io.knit.plugin.jdbc.Documents} writes the group as one transaction. What the databases do differently is behind
 * {@link io.knit.plugin.jdbc.database.Database}. {@link io.knit.plugin.jdbc.connection.SteadyConnection} keeps the one connection in a known state.
 */
@NullMarked
package io.knit.plugin.jdbc;

import org.jspecify.annotations.NullMarked;
