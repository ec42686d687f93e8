package io.knit.launcher.remote.home;

import io.knit.launcher.program.Console;
import io.knit.launcher.remote.show.Faults;
import io.knit.launcher.remote.typed.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** A first file. */
@Command(
        name = "init",
        description = "Writes a file to begin with, which deploys as it is and says what else there is.")
public final class Init implements Local {
    private static final String TEXT = """
            # What shall run. Deploy it with: knit deploy --wait %s
            # All fields are in docs/api.md.
            name: %s
            image: %s

            # So many of it, on whichever nodes fit.
            replicas: 1

            # A port of the container, and one of its node: 0 has one assigned, which knit status shows.
            ports:
            - container_port: 80
              host_port: 0

            # env:
            #   LOG: debug

            # Only on nodes that have these labels; knit nodes -o wide shows them.
            # node_selector:
            #   region: eu

            # How one finds out whether it does its work: an update goes on only when it does.
            # health:
            #   http: {path: /, port: 80}

            # What is set aside for it on its node, and what it gets at most.
            # resources:
            #   cpu: 0.5
            #   memory: 128MiB

            # A file that is rendered on the node and mounted read-only.
            # templates:
            # - destination: /usr/share/nginx/html/index.html
            #   content: |
            #     <h1>Hello from {{ node.hostname }}</h1>

            # How a change is carried out: unless told, one after the other, and back if the new one does not get healthy.
            # update:
            #   max_parallel: 2

            # What belongs together: knit deploy FOLDER --stack NAME --prune takes away what left the folder.
            # stack: %s
            """;

    @Parameters(paramLabel = "FILE", arity = "0..1", description = "Which file. Default: knit.yaml.")
    private String file = "knit.yaml";

    @Option(names = "--name", paramLabel = "NAME", description = "The deployment's name. Default: web.")
    private String name = "web";

    @Option(names = "--image", paramLabel = "IMAGE", description = "What it runs. Default: nginx:alpine.")
    private String image = "nginx:alpine";

    @Override
    public int run(Map<String, String> environment, Console console) {
        if (!name.matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")) {
            throw new IllegalArgumentException(
                    "--name must be 1 to 63 of a-z 0-9 -, starting and ending with a letter or digit");
        }
        if (!image.matches("[A-Za-z0-9][A-Za-z0-9._/:@-]*")) {
            throw new IllegalArgumentException("--image must be an image such as nginx:alpine");
        }
        try {
            Files.writeString(
                    Path.of(file),
                    TEXT.formatted(file, name, image, name),
                    StandardCharsets.UTF_8,
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE);
        } catch (FileAlreadyExistsException e) {
            throw new Refused(file + " is there already, and is left as it is; give another name");
        } catch (IOException | InvalidPathException e) {
            throw new Refused(
                    Refused.Kind.UNWRITTEN, file + " can't be written (" + Faults.words(e) + "); give another name");
        }
        console.out().println(file + " is written; knit deploy --wait " + file + " deploys it");
        return 0;
    }
}
