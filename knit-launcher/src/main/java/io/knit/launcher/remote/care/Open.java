package io.knit.launcher.remote.care;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.show.Printer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The dashboard. */
@Command(name = "open", description = "Prints the dashboard's address, and opens it where there is a desktop.")
public final class Open extends Remote {
    private static final String OPENER = "xdg-open";

    @Option(names = "--no-browser", description = "Only print it.")
    private boolean printed;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        String url = knit.server() + "/dashboard";
        JsonNode where = JsonNodeFactory.instance.objectNode().put("url", url);
        printer.print(where, one -> List.of(url), one -> List.of(url));
        console.out().flush();
        Optional<Path> opener = printed ? Optional.empty() : opener(variables());
        if (opener.isPresent()) {
            try {
                new ProcessBuilder(opener.get().toString(), url)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
            } catch (IOException e) {
                complain("no browser could be started; open the address above", "", console);
            }
        }
        return Exit.OK;
    }

    /** There, and with a desktop on which it could open something. */
    private static Optional<Path> opener(Map<String, String> environment) {
        boolean desktop = List.of("DISPLAY", "WAYLAND_DISPLAY").stream()
                .anyMatch(variable -> !environment.getOrDefault(variable, "").isEmpty());
        return desktop
                ? Pattern.compile(":")
                        .splitAsStream(environment.getOrDefault("PATH", ""))
                        .filter(folder -> folder.startsWith("/"))
                        .map(folder -> Path.of(folder, OPENER))
                        .filter(Files::isExecutable)
                        .findFirst()
                : Optional.empty();
    }
}
