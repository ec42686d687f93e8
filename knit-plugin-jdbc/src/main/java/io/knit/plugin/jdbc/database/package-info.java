/**
 * Takes the url of a store, gives a {@link io.knit.plugin.jdbc.database.Database} of it: what SQLite and
 * PostgreSQL do differently, and the files and locks of the one.
 */
@NullMarked
package io.knit.plugin.jdbc.database;

import org.jspecify.annotations.NullMarked;
