package io.knit.launcher.remote.inside;

import io.knit.client.KnitClient;
import io.knit.client.KnitClientException;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.FileToRead;
import io.knit.launcher.remote.typed.Refused;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Files of an instance. */
@Command(
        name = "cp",
        description = {
            "Copies a file or folder out of an instance's container, or into it.",
            "One of the two is NAME:PATH, an instance's id or a deployment with an absolute path; - is a tar on the standard output or input."
        })
final class Cp extends Remote {
    private static final int BUFFER = 64 * 1024;

    @Parameters(index = "0", paramLabel = "FROM", description = "What is copied: NAME:PATH, a local path, or -.")
    private String from = "";

    @Parameters(index = "1", paramLabel = "TO", description = "Where to: a local path, NAME:PATH, or -.")
    private String to = "";

    /** An instance and a path in it. */
    private record Place(String name, String path) {
        static @Nullable Place of(String typed) {
            int colon = typed.indexOf(":/");
            boolean local = typed.startsWith("/") || typed.startsWith(".") || colon <= 0;
            return local ? null : new Place(typed.substring(0, colon), typed.substring(colon + 1));
        }

        String trimmed() {
            String trimmed = path.replaceFirst("/+$", "");
            return trimmed.isEmpty() ? "/" : trimmed;
        }

        String last() {
            return trimmed().substring(trimmed().lastIndexOf('/') + 1);
        }

        String folder() {
            return trimmed().substring(0, Math.max(1, trimmed().lastIndexOf('/')));
        }
    }

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        Place source = Place.of(from);
        Place target = Place.of(to);
        if ((source == null) == (target == null)) {
            throw new IllegalArgumentException(
                    "one of the two must be NAME:PATH, with an absolute path, and the other a local one; as in knit cp web:/etc/hosts .");
        }
        try {
            if (source != null) {
                out(knit, source, console);
            } else if (target != null) {
                in(knit, target, console);
            }
        } catch (IOException e) {
            complain("it was not copied whole: " + Faults.words(e), "copy it again", console);
            return Exit.FAILED;
        }
        return Exit.OK;
    }

    private void out(KnitClient knit, Place source, Console console) throws IOException {
        String instance = Target.instance(knit, source.name());
        try (InputStream tar = new BufferedInputStream(knit.copyFrom(instance, source.path()), BUFFER)) {
            if (to.equals("-")) {
                tar.transferTo(console.body());
                return;
            }
            Path target = Path.of(to);
            Path named = Files.isDirectory(target) ? target.resolve(source.last()) : target;
            Path above = named.toAbsolutePath().getParent();
            if (above != null && !Files.isDirectory(above)) {
                throw new Refused(
                        Refused.Kind.NO_FILE,
                        "there is no folder " + TextTable.shown(above.toString()) + " here; make it first");
            }
            say(Tars.unpack(tar, named), named.toString(), console);
        }
    }

    private static void say(int files, String where, Console console) {
        console.err().println((files == 1 ? "1 file" : files + " files") + " copied to " + TextTable.shown(where));
    }

    private void in(KnitClient knit, Place target, Console console) throws IOException {
        String instance = Target.instance(knit, target.name());
        if (from.equals("-")) {
            knit.copyTo(instance, target.path(), System.in);
            return;
        }
        Path local = Path.of(from);
        if (!Files.exists(local)) {
            throw new Refused(Refused.Kind.NO_FILE, "there is no " + TextTable.shown(from) + " here");
        }
        FileToRead.requireReadable(local);
        boolean into = target.path().endsWith("/") || isFolder(knit, instance, target.path());
        String name = into ? named(local) : target.last();
        String folder = into ? target.trimmed() : target.folder();
        send(knit, instance, folder, local.toRealPath(), name);
        console.err()
                .println("copied to " + TextTable.shown(target.name() + ":" + folder.replaceFirst("/*$", "/") + name));
    }

    /** As it is typed, also of a link: what that leads to is copied. Of . and .. as they are called. */
    private static String named(Path local) throws IOException {
        String typed = String.valueOf(local.getFileName());
        Path name = List.of("", ".", "..", "null").contains(typed)
                ? local.toRealPath().getFileName()
                : local.getFileName();
        if (name == null) {
            throw new Refused("/ has no name; say what it shall be called there, as in knit cp / web:/tmp/host");
        }
        return name.toString();
    }

    /** Its first entry says so; no more is read. */
    private static boolean isFolder(KnitClient knit, String instance, String path) throws IOException {
        try (TarArchiveInputStream tar = new TarArchiveInputStream(knit.copyFrom(instance, path))) {
            TarArchiveEntry first = tar.getNextEntry();
            return first != null && first.isDirectory();
        } catch (KnitClientException e) {
            if (e.kind() == KnitClientException.Kind.NOT_FOUND) {
                return false;
            }
            throw e;
        }
    }

    private static void send(KnitClient knit, String instance, String folder, Path local, String name)
            throws IOException {
        PipedInputStream tar = new PipedInputStream(BUFFER);
        PipedOutputStream packed = new PipedOutputStream(tar);
        AtomicReference<@Nullable IOException> failed = new AtomicReference<>();
        Thread packing = new Thread(
                () -> {
                    try (BufferedOutputStream out = new BufferedOutputStream(packed, BUFFER)) {
                        Tars.pack(local, name, out);
                    } catch (IOException e) {
                        failed.set(e);
                    }
                },
                "knit-cp");
        packing.setDaemon(true);
        packing.start();
        try (tar) {
            knit.copyTo(instance, folder, tar);
        }
        IOException why = failed.get();
        if (why != null) {
            throw why;
        }
    }
}
