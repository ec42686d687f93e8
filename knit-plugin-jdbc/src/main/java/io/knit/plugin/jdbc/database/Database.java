package io.knit.plugin.jdbc.database;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import java.io.IOException;
import java.nio.file.Path;
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

    /** Whether a commit that failed so on this connection may be stored all the same. */
    default boolean mayBeCommitted(Connection connection, SQLException failure) {
        return connectionLost(failure);
    }

    /**
     * Copies it into a file while it is used; blocks.
     *
     * @throws KnitException with {@code NOT_FOUND} where another program does that
     */
    default void backUp(Path into) throws SQLException, IOException {
        throw new KnitException(
                ErrorCode.NOT_FOUND,
                "this server's store is PostgreSQL, whose own tools make its backups; make one with pg_dump --format=custom,"
                        + " and keep the file cluster of the server's data folder with it");
    }

    /** Wipes what its files still have of rows that are not there any more; blocks. Nothing: the database does so by itself in its own time. */
    default void wipe() throws SQLException, IOException {}

    /** To be called when it is open and has its tables. */
    default void opened() throws IOException {}

    /** To be called before each connection is closed. */
    default void closing() throws IOException {}

    /** To be called before and after each commit: throws a {@link KnitException} if what is committed will not be found again. */
    default void verify() throws IOException {}

    /** Lets others open it; after all connections were closed. */
    void release();
}
