package io.knit.launcher.restore;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.backup.BackupFile;
import io.knit.core.server.backup.Manifest;
import io.knit.core.server.backup.RestoredMeta;
import io.knit.core.server.backup.SecretFile;
import io.knit.launcher.program.Console;
import io.knit.launcher.program.ExitCode;
import io.knit.launcher.remote.home.Local;
import io.knit.launcher.remote.typed.FileToRead;
import io.knit.launcher.remote.typed.Refused;
import io.knit.plugin.jdbc.database.SqliteFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.UserPrincipal;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * Makes a data folder of a backup. The store is put there last and at once: killed before, a server refuses the folder, since the file {@code cluster} says that there was a
 * store, and the same command goes on.
 */
@Command(
        name = "restore",
        description = {
            "Makes a server's data folder of what knit backup wrote, on the server's host, while it does not run.",
            "Nothing is changed unless the file is whole and of this Knit or an older one."
        })
public final class Restore implements Local {
    private static final String KEYS = "secrets.key";
    private static final String UNDER_WAY = "restore.tmp";
    private static final Set<String> BESIDE = Set.of("cluster", "admin.token");

    @Parameters(paramLabel = "FILE", description = "What knit backup wrote.")
    private Path file = Path.of("");

    @Option(
            names = {"--data-dir", "--data"},
            paramLabel = "DIR",
            required = true,
            description = "The folder that the server is started with, empty or not there.")
    private Path folder = Path.of("");

    @Option(
            names = "--force",
            description = "Also where the folder has something in it; a server's files are kept in a folder within it.")
    private boolean force;

    @Override
    public int run(Map<String, String> environment, Console console) {
        if (!Files.exists(file)) {
            throw new Refused(Refused.Kind.NO_FILE, file + " is not there; give what knit backup wrote");
        }
        if (Files.isDirectory(file)) {
            throw new Refused(Refused.Kind.NO_FILE, file + " is a folder; give what knit backup wrote");
        }
        FileToRead.requireReadable(file);
        try {
            return run(console);
        } catch (KnitException e) {
            throw new Refused(String.valueOf(e.getMessage()));
        }
    }

    private int run(Console console) {
        Manifest manifest = BackupFile.check(file);
        try {
            List<String> there = there();
            if (!there.isEmpty() && !force) {
                throw new KnitException(
                        ErrorCode.IN_USE,
                        folder + " is not empty (" + String.join(", ", there)
                                + "); give another folder, or --force: then the old files are kept in a folder within it");
            }
            try (SqliteFolder held = SqliteFolder.hold(folder)) {
                String kept = restored(held, manifest, !there.isEmpty());
                say(manifest, kept, console);
            }
        } catch (IOException e) {
            throw new KnitException(
                    ErrorCode.STORE_UNAVAILABLE,
                    folder + " can't be written (" + e + "); make room, or give yourself the right to write there",
                    e);
        }
        return ExitCode.OK;
    }

    /** What is in the folder, but for what a restore that was killed has left, and the lock. */
    private List<String> there() throws IOException {
        if (!Files.exists(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            Set<String> names =
                    all.map(each -> each.getFileName().toString()).collect(Collectors.toCollection(TreeSet::new));
            if (names.remove(UNDER_WAY) && !names.contains(SqliteFolder.FILE)) {
                names.removeAll(BESIDE);
            }
            names.remove(SqliteFolder.LOCK);
            names.remove(SqliteFolder.NATIVE);
            // no backup has it, so who restores brings it
            names.remove(KEYS);
            return List.copyOf(names);
        }
    }

    private String restored(SqliteFolder held, Manifest manifest, boolean old) throws IOException {
        Path fresh = folder.resolve(UNDER_WAY);
        remove(fresh);
        try {
            SecretFile.makeFolder(fresh);
            BackupFile.unpack(file, fresh);
            Path store = fresh.resolve(BackupFile.STORE);
            SqliteFolder.check(store);
            Instant now = Instant.now();
            SqliteFolder.change(
                    store, RestoredMeta.DOCUMENT, RestoredMeta.DOCUMENT, meta -> RestoredMeta.of(meta, now));
            ownedAsTheFolder(fresh);
        } catch (IOException | RuntimeException e) {
            remove(fresh);
            throw e;
        }
        String kept = "";
        if (old) {
            kept = "before-restore-" + Instant.now().toString().replaceAll("[^0-9TZ]", "");
            Path aside = folder.resolve(kept);
            SecretFile.makeFolder(aside);
            held.moveTo(aside);
            for (String name : BESIDE) {
                if (Files.exists(folder.resolve(name))) {
                    Files.copy(folder.resolve(name), aside.resolve(name), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            // the token of another store is worth nothing here
            Files.deleteIfExists(folder.resolve("admin.token"));
        }
        for (Manifest.Part part : manifest.parts()) {
            if (BESIDE.contains(part.name())) {
                Files.move(
                        fresh.resolve(part.name()),
                        folder.resolve(part.name()),
                        StandardCopyOption.ATOMIC_MOVE,
                        StandardCopyOption.REPLACE_EXISTING);
            }
        }
        held.place(fresh.resolve(BackupFile.STORE));
        remove(fresh);
        return kept;
    }

    /** Who restores may be root, and the server's user somebody else. */
    private void ownedAsTheFolder(Path fresh) throws IOException {
        UserPrincipal owner = Files.getOwner(folder);
        try (Stream<Path> all = Files.list(fresh)) {
            for (Path each : all.toList()) {
                if (!Files.getOwner(each).equals(owner)) {
                    Files.setOwner(each, owner);
                }
            }
        }
        Path lock = folder.resolve(SqliteFolder.LOCK);
        if (!Files.getOwner(lock).equals(owner)) {
            Files.setOwner(lock, owner);
        }
    }

    private static void remove(Path fresh) throws IOException {
        if (Files.exists(fresh)) {
            try (Stream<Path> all = Files.walk(fresh)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(each);
                }
            }
        }
    }

    private void say(Manifest manifest, String kept, Console console) {
        console.out()
                .println(folder + " has cluster " + manifest.cluster() + " as it was at " + manifest.at()
                        + ", revision " + manifest.revision() + "; start the server on it");
        if (!manifest.keys().isEmpty()) {
            console.out()
                    .println("its secrets need the key " + String.join(", ", manifest.keys()) + ": put the server's "
                            + KEYS + " of then beside it, or start it with the --secrets-key-file that it had");
        }
        if (!kept.isEmpty()) {
            console.out().println("what was there is kept in " + folder.resolve(kept));
        }
        console.out().flush();
    }
}
