package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.api.error.KnitException;
import io.knit.client.KnitClient;
import io.knit.core.server.backup.BackupFile;
import io.knit.core.server.backup.Manifest;
import io.knit.core.server.backup.SecretFile;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** A copy of what a server keeps. */
@Command(
        name = "backup",
        description = {
            "Writes all that the server keeps into a file, while it runs, and checks the file.",
            "It holds secrets. knit restore makes a server's data folder of it."
        })
public final class Backup extends Remote {
    @Parameters(paramLabel = "FILE", description = "What to write, which is not there yet.")
    private Path file = Path.of("");

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        if (Files.exists(file)) {
            throw new Refused(
                    TextTable.shown(file.toString()) + " is there already; give another name, or move it away");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (InputStream in = knit.backup()) {
            SecretFile.make(part);
            try (OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            SecretFile.sync(part);
            Manifest manifest = BackupFile.whole(part);
            boolean isNewer = BackupFile.isNewer(part);
            Files.move(part, file);
            printer.print(json(manifest), none -> List.of(file.toString()), none -> words(manifest, isNewer));
            return Exit.OK;
        } catch (IOException | KnitException e) {
            complain(
                    "no backup was made: " + Faults.words(e),
                    "make room, look at the connection to the server, and try again",
                    console);
            return Exit.FAILED;
        } finally {
            remove(part);
        }
    }

    private static void remove(Path part) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException e) {
            // it stays beside; the next try writes over it
        }
    }

    private JsonNode json(Manifest manifest) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("file", file.toString())
                .put("cluster", manifest.cluster())
                .put("revision", manifest.revision())
                .put("at", manifest.at().toString());
    }

    private List<String> words(Manifest manifest, boolean isNewer) {
        List<String> words = new ArrayList<>(
                List.of(
                        TextTable.shown(file + " has cluster " + manifest.cluster() + " at revision "
                                + manifest.revision() + ", checked"),
                        "it holds secrets (passwords of registries, environments, the keys of webhooks): only you may read it, keep it so"));
        if (isNewer) {
            words.add(TextTable.shown("its server is of Knit " + manifest.version()
                    + ", which this knit is older than: restore it with that one's"));
        }
        if (!manifest.keys().isEmpty()) {
            words.add(
                    TextTable.shown(
                            "what knit secret keeps needs the server's key " + String.join(", ", manifest.keys())
                                    + ", which is not in it: keep a copy of that (secrets.key, unless told otherwise) elsewhere"));
        }
        return words;
    }
}
