package io.knit.plugin.jdbc.database;

import io.knit.api.error.KnitException;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;

/** What SQLite and PostgreSQL do differently; the statements are the same for both. Its methods block. */
public interface Database {
    /** For messages: names the database, without secrets. */
    String name();

    /** The folder of its migrations beside this class. */
    String migrations();

    /** Opens a connection that is ready for use. */
    Connection connect() throws SQLException;

    /** What went wrong, in words for the operator. */
    KnitException explain(SQLException failure);

    /** Whether the failure comes from the database's state, so that no other commit would fare better now. */
    boolean concernsAll(SQLException failure);

    /** Whether the connection is gone, so that a new one may help. */
    boolean connectionLost(SQLException failure);

    /** To be called when it is open and has its tables. */
    default void opened() throws IOException {}

    /** To be called before its connections are closed. */
    default void closing() throws IOException {}

    /** Whether what was just committed will be found again; throws a {@link KnitException} if not. */
    default void verify() throws IOException {}

    /** Lets others open it; after all connections were closed. */
    void release();
}
