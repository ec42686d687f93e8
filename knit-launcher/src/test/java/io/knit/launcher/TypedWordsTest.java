package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.home.Local;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** No command is there that no test types: what its class calls could be another's. */
class TypedWordsTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    /** What tests here call what types for them, the words as they stand there; words put together at run time are not found. */
    private static final Pattern TYPING =
            Pattern.compile("\\b(?:knit|done|json|typed|typing)\\(\\s*(?:\\w+,\\s*|Map\\.of\\([^()]*\\),\\s*)?"
                    + "((?:\"(?:[^\"\\\\]|\\\\.)*\"[\\s,]*)+)");

    private static final Pattern TEXT = Pattern.compile("\"((?:[^\"\\\\]|\\\\.)*)\"");
    /** What the tests of that page type from it. */
    private static final Pattern OF_A_PAGE = Pattern.compile("(?s)<!-- typed -->\\s*```sh\n(.*?)```");

    @Test
    @DisplayName("each command that asks a server, or works here, is typed by a test")
    void everyCommand() throws IOException {
        List<String> typed = typed();
        assertThat(typed).hasSizeGreaterThan(200);
        List<List<String>> commands = new ArrayList<>();
        leaves("", KnitCommandTest.commandLine(), commands);
        assertThat(commands)
                .hasSizeGreaterThan(50)
                .allSatisfy(names -> assertThat(typed)
                        .as("knit " + names.get(0))
                        .anyMatch(words -> names.stream().anyMatch(name -> (words + " ").startsWith(name + " "))));
    }

    /** The names that each has, an own one and others. */
    private static void leaves(String before, CommandLine command, List<List<String>> leaves) {
        for (CommandLine each : new LinkedHashSet<>(command.getSubcommands().values())) {
            CommandSpec spec = each.getCommandSpec();
            if (spec.userObject() instanceof Remote || spec.userObject() instanceof Local) {
                leaves.add(spec.names().stream().map(name -> before + name).toList());
            }
            leaves(before + spec.name() + " ", each, leaves);
        }
    }

    private static List<String> typed() throws IOException {
        List<String> typed = new ArrayList<>();
        for (String test : texts(HOME.resolve("knit-launcher/src/test/java"), ".java")) {
            TYPING.matcher(test).results().map(TypedWordsTest::words).forEach(typed::add);
        }
        for (String page : texts(HOME.resolve("docs"), ".md")) {
            OF_A_PAGE
                    .matcher(page)
                    .results()
                    .flatMap(block -> block.group(1).lines())
                    .filter(line -> line.startsWith("knit "))
                    .map(line -> line.substring("knit ".length()))
                    .forEach(typed::add);
        }
        return typed;
    }

    private static String words(MatchResult call) {
        return TEXT.matcher(call.group(1)).results().map(word -> word.group(1)).collect(Collectors.joining(" "));
    }

    private static List<String> texts(Path folder, String end) throws IOException {
        List<String> texts = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(each -> each.toString().endsWith(end)).toList()) {
                texts.add(Files.readString(file));
            }
        }
        return texts;
    }
}
