package io.knit.plugin.jdbc;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/** A PostgreSQL of its own for a test: on loopback, in a folder that goes away with it. */
final class TemporaryPostgres implements AutoCloseable {
    private static final Path INSTALLED = Path.of("/usr/lib/postgresql");

    private final Process process;
    private final Path folder;
    private final int port;

    private TemporaryPostgres(Process process, Path folder, int port) {
        this.process = process;
        this.folder = folder;
        this.port = port;
    }

    /** Where the programs are, if they are installed. */
    static Optional<Path> programs() {
        if (!Files.isDirectory(INSTALLED)) {
            return Optional.empty();
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            return versions.map(version -> version.resolve("bin"))
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .max(Path::compareTo);
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    static TemporaryPostgres start(Path programs) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("knit-postgres");
        if (asRoot()) {
            Files.setOwner(
                    folder,
                    folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName("postgres"));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
        String data = folder.resolve("data").toString();
        run(folder, programs.resolve("initdb").toString(), "-D", data, "-U", "knit", "-A", "trust", "-E", "UTF8");
        int port = freePort();
        Process process = builder(
                        folder,
                        programs.resolve("postgres").toString(),
                        "-D",
                        data,
                        "-p",
                        Integer.toString(port),
                        "-c",
                        "listen_addresses=127.0.0.1",
                        "-c",
                        "unix_socket_directories=" + folder)
                .start();
        TemporaryPostgres started = new TemporaryPostgres(process, folder, port);
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .ignoreExceptionsInstanceOf(SQLException.class)
                .until(started::answers);
        return started;
    }

    private boolean answers() throws SQLException {
        execute("SELECT 1");
        return true;
    }

    String url(String schema) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres?user=knit&currentSchema=" + schema;
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url("public"));
    }

    void execute(String sql) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** @param what a table, and which rows of it */
    long count(String what) throws SQLException {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT COUNT(*) FROM " + what)) {
            return row.next() ? row.getLong(1) : 0;
        }
    }

    private static boolean asRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** PostgreSQL does not run as root. */
    private static ProcessBuilder builder(Path folder, String... command) {
        List<String> words = new ArrayList<>();
        if (asRoot()) {
            words.addAll(List.of("setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"));
        }
        words.addAll(List.of(command));
        return new ProcessBuilder(words)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    }

    private static void run(Path folder, String... command) throws IOException, InterruptedException {
        int exit = builder(folder, command).start().waitFor();
        if (exit != 0) {
            throw new IOException(String.join(" ", command) + " ended with " + exit);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        // setpriv becomes postgres itself, and SIGTERM waits for sessions to end: none is left
        process.destroy();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(file);
            }
        }
    }
}
