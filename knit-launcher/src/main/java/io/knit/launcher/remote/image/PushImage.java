package io.knit.launcher.remote.image;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.screen.Bytes;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.FileToRead;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit image push}: an image as tar, from a file or the standard input, to nodes. */
@Command(
        name = "push",
        description = {
            "Gives an image to nodes, which then have it without a registry: docker save shop:3 | knit image push",
            "shop:3 -. What a node has of its layers is not sent to it. Ends with 1 if one of them has not got it."
        })
public final class PushImage extends Remote {
    private static final String STANDARD_INPUT = "-";

    @Parameters(index = "0", paramLabel = "IMAGE", description = "Its name and tag, as in the tar.")
    private String image = "";

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "FILE",
            description = "What docker save wrote; - or none: the standard input.")
    private @Nullable String file;

    @Option(
            names = "--node",
            paramLabel = "NODE",
            description = "To which; may be given more than once. None: all that are ready.")
    private List<String> nodes = new ArrayList<>();

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        String source = file;
        boolean input = source == null || source.equals(STANDARD_INPUT);
        if (source == null && isTerminal(0, console)) {
            throw new Refused("an image comes from a file or another program: docker save " + TextTable.shown(image)
                    + " | knit image push " + TextTable.shown(image) + " -");
        }
        // a shell's <(docker save …) is a pipe
        if (source != null && !input) {
            FileToRead.require(Path.of(source));
        }
        try (InputStream tar = source == null || input ? System.in : Files.newInputStream(Path.of(source))) {
            JsonNode pushed = knit.pushImage(image, nodes, tar);
            printer.print(pushed, PushImage::names, PushImage::lines);
            return isEverywhere(pushed) ? Exit.OK : Exit.FAILED;
        } catch (IOException e) {
            complain("the image can't be read: " + Faults.words(e), "do it again", console);
            return Exit.FAILED;
        }
    }

    private static boolean isEverywhere(JsonNode pushed) {
        for (JsonNode node : pushed.path("nodes")) {
            if (Listings.text(node, "state").equals("failed")) {
                return false;
            }
        }
        return true;
    }

    private static List<String> names(JsonNode pushed) {
        List<String> names = new ArrayList<>();
        pushed.path("nodes").forEach(node -> {
            if (List.of("loaded", "present").contains(Listings.text(node, "state"))) {
                names.add(Listings.text(node, "node"));
            }
        });
        return names;
    }

    private static List<String> lines(JsonNode pushed) {
        TextTable table = new TextTable("NODE", "IMAGE", "SENT", "LAYERS THERE", "");
        long layers = pushed.path("layers").asLong();
        for (JsonNode node : pushed.path("nodes")) {
            table.row(
                    Listings.text(node, "node"),
                    Listings.text(node, "state"),
                    Bytes.words(node.path("sent_bytes").asDouble()),
                    node.path("layers_present").asLong() + "/" + layers,
                    Listings.text(node, "reason"));
        }
        return table.lines();
    }
}
