package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.client.KnitClient;
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
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What a server decided, for who looks for what went wrong. */
@Command(
        name = "incident",
        description = {
            "Writes what the server decided lately, and from what, into a file for a bug report.",
            "Secrets are not in it; names, images, labels and commands are. knit replay reads it."
        })
public final class WriteIncident extends Remote {
    @Parameters(paramLabel = "FILE", description = "What to write, which is not there yet.")
    private Path file = Path.of("");

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        String named = TextTable.shown(file.toString());
        if (Files.exists(file)) {
            throw new Refused(named + " is there already; give another name, or move it away");
        }
        Path part = file.resolveSibling(file.getFileName() + ".part");
        try (InputStream in = knit.incident()) {
            // it says a lot of those who run what is deployed; whom it is given to is for its owner to say
            SecretFile.make(part);
            try (OutputStream out = Files.newOutputStream(part)) {
                in.transferTo(out);
            }
            Files.move(part, file);
            printer.print(
                    JsonNodeFactory.instance.objectNode().put("file", file.toString()),
                    none -> List.of(file.toString()),
                    none -> List.of(
                            named + " has what was decided lately; knit replay " + named + " decides it again"));
            return Exit.OK;
        } catch (IOException e) {
            complain(
                    "no incident was written: " + Faults.words(e),
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
}
