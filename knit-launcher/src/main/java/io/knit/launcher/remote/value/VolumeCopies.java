package io.knit.launcher.remote.value;

import io.knit.client.KnitClient;
import io.knit.core.server.backup.SecretFile;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.FileToRead;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit volume snapshot} and {@code knit volume restore}: what is in a volume, into a file and out of one. */
final class VolumeCopies {
    private VolumeCopies() {}

    /** Which one. */
    abstract static class OfOne extends Remote {
        @Parameters(index = "0", paramLabel = "DEPLOYMENT", description = "Whose it is, also if that is gone.")
        String deployment = "";

        @Parameters(index = "1", paramLabel = "SLOT", description = "Its slot; of one on each node, the node.")
        String slot = "";

        @Parameters(index = "2", paramLabel = "NAME", description = "Its name in the deployment's volumes.")
        String name = "";

        @Option(names = "--node", paramLabel = "NODE", description = "Where, if it is on several nodes.")
        @Nullable
        String node;

        @Override
        protected int ask(KnitClient knit, Printer printer, Console console) {
            try {
                copy(knit, console);
                return Exit.OK;
            } catch (IOException e) {
                complain("it is not whole: " + Faults.words(e), "do it again", console);
                return Exit.FAILED;
            }
        }

        abstract void copy(KnitClient knit, Console console) throws IOException;
    }

    @Command(
            name = "snapshot",
            description = {
                "Writes what is in one to the standard output, or a file, as tar. What is written to it",
                "meanwhile is in it or not: scale its deployment to 0 before where that matters."
            })
    static final class Snapshot extends OfOne {
        @Parameters(
                index = "3",
                arity = "0..1",
                paramLabel = "FILE",
                description = "What to write, which is not there yet.")
        private @Nullable Path file;

        @Override
        void copy(KnitClient knit, Console console) throws IOException {
            Path target = file;
            if (target == null) {
                if (isTerminal(1, console)) {
                    throw new Refused("a tar is nothing for a terminal; name a FILE, or send it somewhere with >");
                }
                try (InputStream tar = knit.snapshotVolume(deployment, slot, name, node)) {
                    tar.transferTo(console.body());
                }
                return;
            }
            if (Files.exists(target)) {
                throw new Refused(
                        TextTable.shown(target.toString()) + " is there already; give another name, or move it away");
            }
            Path part = target.resolveSibling(target.getFileName() + ".part");
            try (InputStream tar = knit.snapshotVolume(deployment, slot, name, node)) {
                // only who takes it may read it
                SecretFile.make(part);
                try (OutputStream out = Files.newOutputStream(part)) {
                    tar.transferTo(out);
                }
                SecretFile.sync(part);
                Files.move(part, target);
            } finally {
                Files.deleteIfExists(part);
            }
        }
    }

    @Command(
            name = "restore",
            description = {
                "Puts what is in a tar from the standard input, or a file, in the place of what is in one,",
                "once all of it came. Refused while an instance that is wanted has it."
            })
    static final class Restore extends OfOne {
        @Parameters(
                index = "3",
                arity = "0..1",
                paramLabel = "FILE",
                description = "A tar that knit volume snapshot wrote.")
        private @Nullable Path file;

        @Override
        void copy(KnitClient knit, Console console) throws IOException {
            Path source = file;
            if (source != null) {
                FileToRead.require(source);
            }
            try (InputStream tar = source == null ? System.in : Files.newInputStream(source)) {
                knit.restoreVolume(deployment, slot, name, node, tar);
            }
            console.err()
                    .println(TextTable.shown("the volume " + deployment + "/" + slot + "/" + name + " is restored"));
        }
    }
}
