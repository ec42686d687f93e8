package io.knit.plugin.jdbc;

import static io.knit.testkit.Futures.await;
import static io.knit.testkit.Futures.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.store.StoreWrite;
import io.knit.api.spi.store.StoredDocument;
import io.knit.plugin.jdbc.database.Database;
import io.knit.plugin.jdbc.database.SqliteDatabase;
import io.knit.plugin.jdbc.database.SqliteFolder;
import io.knit.plugin.jdbc.database.StoreUrl;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;

class SqliteStoreTest {
    private static final Vertx VERTX = Vertx.vertx();

    @TempDir
    Path folder;

    private final List<JdbcStore> opened = new ArrayList<>();

    @AfterEach
    void closeStores() {
        opened.forEach(store -> await(store.close()));
    }

    @AfterAll
    static void closeVertx() {
        await(VERTX.close());
    }

    private Path file() {
        return folder.resolve("knit.db");
    }

    private JdbcStore open(Database database) {
        JdbcStore store = await(JdbcStore.open(VERTX, database));
        opened.add(store);
        return store;
    }

    private JdbcStore open() {
        return open(SqliteDatabase.open(file()));
    }

    private static List<StoreWrite> put(String key, String body) {
        return List.of(StoreWrite.put("t", key, body));
    }

    private long outside(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            return row.getLong(1);
        }
    }

    @Test
    void aThousandCommitsAtOnceTakeFewTransactions() {
        CountingDatabase counting = new CountingDatabase(SqliteDatabase.open(file()));
        JdbcStore store = open(counting);
        int before = counting.transactions();
        List<Future<Void>> commits = IntStream.range(0, 1_000)
                .mapToObj(i -> store.commit(put("k" + i, "{}")))
                .toList();
        await(Future.all(commits));
        assertThat(counting.transactions() - before).isBetween(1, 50);
        assertThat(await(store.load())).hasSize(1_000);
    }

    /** A page is one text, and of a text no database takes more than about a gigabyte: large documents behind many small ones would be beyond that. */
    @Test
    void noPageIsLongerThanItsDocumentsNeed() {
        SQLiteConfig config = SqliteDatabase.durable();
        config.setPragma(SQLiteConfig.Pragma.LIMIT_LENGTH, String.valueOf(8 << 20));
        JdbcStore store = open(SqliteDatabase.open(file(), config));
        List<StoreWrite> all = new ArrayList<>();
        String large = "\"" + "é".repeat(200_000) + "\"";
        IntStream.range(0, 2_000).forEach(i -> all.add(StoreWrite.put("t", "a" + i, "{}")));
        IntStream.range(0, 40).forEach(i -> all.add(StoreWrite.put("t", "b" + i, large)));
        IntStream.range(0, 10).forEach(i -> all.add(StoreWrite.put("t", "c" + i, "{}")));
        await(store.commit(all));
        assertThat(await(store.load()))
                .hasSize(2_050)
                .filteredOn(document -> document.body().equals(large))
                .hasSize(40);
    }

    /** Each alone they would fail for good, and be taken for what never was. */
    @Test
    void whatIsInDoubtIsSoForAllThatWereWrittenTogether() {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(SqliteDatabase.open(file()));
        JdbcStore store = open(doubtful);
        SQLException doubt = new SQLException("doubt");
        SQLException refused = new SQLException("refused");
        // the first, of one alone; then the second, of all others together, and those each alone, if that is tried
        Stream.of(doubt, refused, doubt, refused, refused, refused, refused).forEach(doubtful::failNext);
        List<Future<Void>> commits = IntStream.range(0, 4)
                .mapToObj(i -> store.commit(put("k" + i, "{}")))
                .toList();
        assertThat(commits)
                .allSatisfy(commit -> assertThat(failure(commit).code()).isEqualTo(ErrorCode.COMMIT_IN_DOUBT));
    }

    /** Nothing of who asks may be stored, for he gave nothing. */
    @Test
    void whatOnlyReadsIsNeverInDoubt() {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(SqliteDatabase.open(file()));
        JdbcStore store = open(doubtful);
        doubtful.failNext(new SQLException("doubt"));
        KnitException failed = failure(store.history("", Long.MAX_VALUE, 10));
        assertThat(failed.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(failed).hasMessageContaining("doubt");
    }

    /** The first time may have been before that. */
    @Test
    void whoIsReplacedAfterACommitInDoubtIsStillInDoubt() {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(SqliteDatabase.open(file()));
        JdbcStore store = open(doubtful);
        doubtful.failNext(new SQLException("doubt"));
        doubtful.failNext(new SQLException("replaced"));
        KnitException failed = failure(store.commit(put("k", "{}")));
        assertThat(failed.code()).isEqualTo(ErrorCode.COMMIT_IN_DOUBT);
        assertThat(failed).hasMessageContaining("another server opened it");
    }

    /** The log has it whole by then; a full disk or a lock of another program is before that. */
    @Test
    void aCommitWhoseSyncFailsIsInDoubt() throws SQLException {
        SqliteDatabase database = SqliteDatabase.open(file());
        try (Connection connection = database.connect()) {
            int sync = SQLiteErrorCode.SQLITE_IOERR_FSYNC.code;
            assertThat(database.mayBeCommitted(connection, new SQLException("", "", sync)))
                    .isTrue();
            assertThat(Stream.of(
                            SQLiteErrorCode.SQLITE_FULL,
                            SQLiteErrorCode.SQLITE_BUSY,
                            SQLiteErrorCode.SQLITE_CONSTRAINT))
                    .noneMatch(code -> database.mayBeCommitted(connection, new SQLException("", "", code.code)));
        }
        database.release();
    }

    /** That could be tried again is known at once, and that it is there then. */
    @Test
    void whatIsInDoubtIsTriedOnceMore() {
        DoubtfulDatabase doubtful = new DoubtfulDatabase(SqliteDatabase.open(file()));
        JdbcStore store = open(doubtful);
        doubtful.failNext(new SQLException("doubt"));
        await(store.commit(put("k", "{}")));
        assertThat(await(store.load())).hasSize(1);
    }

    @Test
    void itIsCopiedWhileItIsUsed() throws Exception {
        JdbcStore store = open();
        await(Future.all(
                IntStream.range(0, 300).mapToObj(i -> store.commit(pair(i))).toList()));
        Path copy = folder.resolve("copy.db");
        Future<Void> copied = store.backUp(copy);
        List<Future<Void>> meanwhile =
                IntStream.range(300, 600).mapToObj(i -> store.commit(pair(i))).toList();
        await(Future.all(meanwhile));
        await(copied);

        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(copy)))
                .isEqualTo("rw-------");
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + copy);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT (SELECT COUNT(*) FROM document WHERE doc_key LIKE 'a%'),"
                        + " (SELECT COUNT(*) FROM document WHERE doc_key LIKE 'b%')")) {
            assertThat(row.getInt(1)).as("all from before").isGreaterThanOrEqualTo(300);
            assertThat(row.getInt(2)).as("each whole or not at all").isEqualTo(row.getInt(1));
        }
        assertThat(await(store.load())).hasSize(1_200);
    }

    @Test
    void withoutRoomForItNoCopyIsBegun() throws IOException {
        JdbcStore store = open();
        await(store.commit(put("k", "{}")));
        Path copy = folder.resolve("copy.db");
        long usable = Files.getFileStore(folder).getUsableSpace();
        try (RandomAccessFile wide = new RandomAccessFile(file().toFile(), "rw")) {
            long was = wide.length();
            // a hole, which takes nothing of the disk
            wide.setLength(usable);
            assertThatThrownBy(() -> await(store.backUp(copy)))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.BUSY))
                    .hasMessageContaining("too little room for a backup")
                    .hasMessageContaining("Nothing was made");
            assertThat(copy).doesNotExist();
            wide.setLength(was);
        }
        await(store.backUp(copy));
        assertThat(copy).isNotEmptyFile();
    }

    @Test
    void whatWasRemovedOrReplacedIsWiped() throws IOException {
        JdbcStore store = open();
        for (int i = 0; i < 100; i++) {
            await(store.commit(put("k" + i, "{\"a\":\"" + "mArKeR ".repeat(400) + "\"}")));
        }
        for (int i = 0; i < 100; i++) {
            await(store.commit(i % 2 == 0 ? put("k" + i, "{}") : List.of(StoreWrite.remove("t", "k" + i))));
        }
        assertThat(filesHave("mArKeR")).as("else this shows nothing").isTrue();
        await(store.wipe());
        assertThat(filesHave("mArKeR")).isFalse();
        assertThat(await(store.load())).hasSize(50);
        await(store.commit(put("more", "{}")));
        await(store.close());
        assertThat(await(open().load())).hasSize(51);
    }

    private boolean filesHave(String text) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                if (Files.readString(each, StandardCharsets.ISO_8859_1).contains(text)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static List<StoreWrite> pair(int number) {
        return List.of(StoreWrite.put("t", "a" + number, "{}"), StoreWrite.put("t", "b" + number, "{}"));
    }

    @Test
    void aCopyThatIsDamagedIsNoBackup() throws IOException {
        JdbcStore store = open();
        await(Future.all(
                IntStream.range(0, 300).mapToObj(i -> store.commit(pair(i))).toList()));
        Path copy = folder.resolve("copy.db");
        await(store.backUp(copy));
        byte[] all = Files.readAllBytes(copy);
        SqliteFolder.check(copy);
        java.util.Arrays.fill(all, 4_096, 8_192, (byte) 7);
        Files.write(copy, all);
        assertThatThrownBy(() -> SqliteFolder.check(copy)).hasMessageContaining("is damaged");
    }

    @Test
    void postgresSaysWhatMakesItsBackups() {
        assertThatThrownBy(() -> StoreUrl.open("jdbc:postgresql://127.0.0.1:1/knit", false)
                        .backUp(folder.resolve("copy")))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND))
                .hasMessageContaining("pg_dump");
    }

    @Test
    void anOutsideReaderSeesWhatWasCommittedAtOnce() throws SQLException {
        JdbcStore store = open();
        for (int i = 1; i <= 3; i++) {
            await(store.commit(put("k" + i, "{}")));
            assertThat(outside("SELECT COUNT(*) FROM document")).isEqualTo(i);
        }
    }

    @Test
    void theSettingsThatDurabilityHangsOn() throws SQLException {
        Database database = SqliteDatabase.open(file());
        open(database);
        try (Connection connection = database.connect();
                Statement statement = connection.createStatement()) {
            assertThat(pragma(statement, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(statement, "synchronous")).isEqualTo("2");
            assertThat(pragma(statement, "foreign_keys")).isEqualTo("1");
            assertThat(pragma(statement, "busy_timeout")).isEqualTo("5000");
        }
    }

    private static String pragma(Statement statement, String name) throws SQLException {
        try (ResultSet row = statement.executeQuery("PRAGMA " + name)) {
            return row.getString(1);
        }
    }

    @Test
    void onlyTheOwnerReadsItsFiles() throws IOException {
        await(open().close());
        Files.setPosixFilePermissions(file(), PosixFilePermissions.fromString("rw-r--r--"));
        JdbcStore store = open();
        await(store.commit(put("k", "{}")));
        for (String name : List.of("knit.db", "knit.db-wal", "knit.db-shm", "knit.db.lock", "knit.db.state")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .as(name)
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void foldersAreMadeForTheOwnerOnly() throws IOException {
        Path below = folder.resolve("a/b");
        open(SqliteDatabase.open(below.resolve("knit.db")));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(below)))
                .isEqualTo("rwx------");
    }

    @Test
    void aSecondOpeningIsRefusedByName() {
        JdbcStore first = open();
        for (int attempt = 0; attempt < 2; attempt++) {
            assertThatThrownBy(() -> SqliteDatabase.open(file()))
                    .isInstanceOfSatisfying(
                            KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IN_USE))
                    .hasMessageContaining(file().toString());
        }
        await(first.close());
        open();
    }

    @Test
    void aSymbolicLinkIsTheSameStore() throws IOException {
        open();
        Path link = Files.createSymbolicLink(folder.resolve("other.db"), file());
        assertThatThrownBy(() -> SqliteDatabase.open(link)).hasMessageContaining("open in another Knit server");
    }

    @Test
    void anUnusableFileIsSaidAndLeftAlone() throws IOException {
        String text = "this is no database ".repeat(500);
        Files.writeString(file(), text);
        KnitException refusal = failure(JdbcStore.open(VERTX, SqliteDatabase.open(file())));
        assertThat(refusal.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(refusal).hasMessageContaining(file().toString()).hasMessageContaining("is not a database");
        assertThat(file()).hasContent(text);
        // and nothing is left locked
        Files.delete(file());
        open();
    }

    @Test
    void aDamagedFileFailsTheLoad() throws IOException {
        JdbcStore store = open();
        await(store.commit(IntStream.range(0, 2_000)
                .mapToObj(i -> StoreWrite.put("t", "k" + i, "{\"n\":" + i + "}"))
                .toList()));
        await(store.close());
        byte[] bytes = Files.readAllBytes(file());
        for (int i = 4096; i < bytes.length; i++) {
            bytes[i] = 0x55;
        }
        Files.write(file(), bytes);
        KnitException refusal =
                failure(JdbcStore.open(VERTX, SqliteDatabase.open(file())).compose(damaged -> {
                    opened.add(damaged);
                    return damaged.load();
                }));
        assertThat(refusal.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(refusal).hasMessageContaining("is damaged");
    }

    @Test
    void aFolderThatCannotBeWrittenIsSaid() throws IOException {
        Path plain = Files.createFile(folder.resolve("plain"));
        assertThatThrownBy(() -> SqliteDatabase.open(plain.resolve("data/knit.db")))
                .isInstanceOfSatisfying(
                        KnitException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE))
                .hasMessageContaining("plain/data/knit.db")
                .hasMessageContaining("right to write");
        // where even root may not make files
        assertThatThrownBy(() -> SqliteDatabase.open(Path.of("/proc/knit.db"))).hasMessageContaining("/proc/knit.db");
        assertThatThrownBy(() -> SqliteDatabase.open(folder)).hasMessageContaining("is a folder");
    }

    @Test
    void aNewerSchemaIsRefused() throws SQLException {
        await(open().close());
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = connection.createStatement()) {
            statement.executeUpdate("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");
        }
        KnitException refusal = failure(JdbcStore.open(VERTX, SqliteDatabase.open(file())));
        assertThat(refusal).hasMessageContaining("newer Knit (schema 99");
    }

    @Test
    void aFullDiskFailsWhatDoesNotFitAndNothingElse() {
        SQLiteConfig config = SqliteDatabase.durable();
        config.setPragma(SQLiteConfig.Pragma.MAX_PAGE_COUNT, "40");
        JdbcStore store = open(SqliteDatabase.open(file(), config));
        String large = "\"" + "x".repeat(500_000) + "\"";
        List<Future<Void>> commits = List.of(
                store.commit(put("a", "{}")),
                store.commit(put("b", "{}")),
                store.commit(put("large", large)),
                store.commit(put("c", "{}")));
        KnitException refusal = failure(commits.get(2));
        assertThat(refusal.code()).isEqualTo(ErrorCode.STORE_UNAVAILABLE);
        assertThat(refusal).hasMessageContaining("the disk is full");
        await(commits.get(3));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("a", "b", "c");
    }

    @Test
    void aFullDiskIsNotTakenForAMissingRight() {
        FileSystemException full = new FileSystemException(file() + ".lock", null, "No space left on device");
        assertThat(SqliteDatabase.cannotOpen(file(), full))
                .hasMessageContaining("make room on its disk")
                .hasMessageNotContaining("right to write");
        assertThat(SqliteDatabase.cannotOpen(file(), new AccessDeniedException(file().toString())))
                .hasMessageContaining("give the server the right to write there");
    }

    @Test
    void anotherProgramThatHoldsItIsSaidAndPasses() throws SQLException {
        SQLiteConfig config = SqliteDatabase.durable();
        config.setBusyTimeout(50);
        JdbcStore store = open(SqliteDatabase.open(file(), config));
        try (Connection shell = DriverManager.getConnection("jdbc:sqlite:" + file());
                Statement statement = shell.createStatement()) {
            statement.executeUpdate("BEGIN IMMEDIATE");
            List<Future<Void>> commits = IntStream.range(0, 20)
                    .mapToObj(i -> store.commit(put("k" + i, "{}")))
                    .toList();
            commits.forEach(commit -> assertThat(failure(commit)).hasMessageContaining("locked by another program"));
            statement.executeUpdate("ROLLBACK");
        }
        await(store.commit(put("after", "{}")));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactly("after");
    }

    @Test
    void pagesOfALargeLoadJoin() {
        JdbcStore store = open();
        await(store.commit(IntStream.range(0, 3_000)
                .mapToObj(i -> StoreWrite.put(i % 2 == 0 ? "even" : "odd", "k" + i, "" + i))
                .toList()));
        List<StoredDocument> found = await(store.load());
        assertThat(found).hasSize(3_000).doesNotHaveDuplicates();
        assertThat(found.get(0).table()).isEqualTo("even");
    }

    @Test
    void whateverAKeyIsMadeOfItAndItsBodyComeBack() {
        JdbcStore store = open();
        List<String> keys = List.of("7 up", " ", "12", "a b c", "\uD83D\uDE00 4 x", "\u00e9\u20ac");
        await(store.commit(
                keys.stream().map(key -> StoreWrite.put("t", key, "1 " + key)).toList()));
        assertThat(await(store.load()))
                .containsExactlyInAnyOrderElementsOf(keys.stream()
                        .map(key -> new StoredDocument("t", key, "1 " + key))
                        .toList());
    }

    @Test
    void pagesJoinWhereKeysHaveCharactersThatJavaOrdersOtherwise() {
        JdbcStore store = open();
        List<String> keys = IntStream.range(0, 600)
                .mapToObj(i ->
                        (i % 6 == 0 ? "\uFF5E" : "\uD83D\uDE00") + "x".repeat(i % 3) + (i < 300 ? "" : "\uFF5E") + i)
                .toList();
        await(store.commit(
                keys.stream().map(key -> StoreWrite.put("t", key, "1 " + key)).toList()));
        assertThat(await(store.load())).extracting(StoredDocument::key).containsExactlyInAnyOrderElementsOf(keys);
    }

    @Test
    void pagesJoinWhereDocumentsAreOfAllSizes() {
        JdbcStore store = open();
        for (int i = 0; i < 12; i++) {
            String large = "x".repeat(300_000);
            int first = i * 100;
            await(store.commit(IntStream.range(first, first + 100)
                    .mapToObj(n -> StoreWrite.put("t", "k" + n, n % 50 == 0 ? large : "" + n))
                    .toList()));
        }
        assertThat(await(store.load())).hasSize(1_200).doesNotHaveDuplicates();
    }
}
