package io.knit.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** Every command that the docs and the README show has words that there are; what comes of it other tests see. */
class DocsCommandsTest {
    private static final Path HOME = Path.of(System.getProperty("knit.home", ".."));
    /** Of a page: a block in no language of its own, or code in a sentence. */
    private static final Pattern CODE =
            Pattern.compile("(?sm)^ *```(?:sh)?\n(.*?)^ *```|^ *```\\w+\n.*?^ *```|^    (\\S[^\n]*)|`([^`\n]+)`");

    private static final Pattern KNIT =
            Pattern.compile("(?:^|[|&;(] *|sudo )(?:\\./)?(?:bin/)?knit((?:-server|-agent|-nats)? .*)");
    /** A word, as a shell has it; or what ends the command. */
    private static final Pattern WORD =
            Pattern.compile("(<\\([^)]*\\)|(?:\"[^\"]*\"|'[^']*'|[^\\s\"'|&;>()#]|(?<=\\S)#)+)|([|&;>)#].*)");

    /** Something in it stands for what the reader knows, or for more of its kind. */
    private static final Pattern OPEN = Pattern.compile(".*(?:…|\\.\\.\\.|\\[|\\b[A-Z]{3,}\\b|<\\w).*");
    /** Where it is the word before what is sealed: that is the wire's. */
    private static final String OTHER_KNIT = "protocol.md";

    @Test
    @DisplayName(
            "every line of a block is a command, whole; and what a sentence names is one, with options that it has")
    void eachIsOne() throws IOException {
        CommandLine knit = KnitCommandTest.commandLine();
        List<String> wrong = new ArrayList<>();
        int count = 0;
        for (Path page : pages()) {
            for (MatchResult code : CODE.matcher(Files.readString(page).replace("\\\n", " "))
                    .results()
                    .toList()) {
                boolean sentence = code.group(3) != null;
                for (String line : commands(code, sentence)) {
                    count++;
                    String why = why(knit, words(line), sentence);
                    if (!why.isEmpty()) {
                        wrong.add(page.getFileName() + ": " + line + ": " + why);
                    }
                }
            }
        }
        assertThat(wrong).isEmpty();
        assertThat(count).as("commands found").isGreaterThan(150);
    }

    private static List<Path> pages() throws IOException {
        try (Stream<Path> pages = Files.list(HOME.resolve("docs"))) {
            return Stream.concat(Stream.of(HOME.resolve("README.md")), pages)
                    .filter(each -> each.toString().endsWith(".md") && !each.endsWith(OTHER_KNIT))
                    .sorted()
                    .toList();
        }
    }

    private static List<String> commands(MatchResult code, boolean sentence) {
        String text = Stream.of(1, 2, 3)
                .map(code::group)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
        return text.lines()
                .map(String::strip)
                .filter(line -> !sentence || !OPEN.matcher(line).matches())
                .flatMap(line -> KNIT.matcher(line).results())
                .map(found -> "knit" + found.group(1))
                .toList();
    }

    /** Why it is none; empty: it is one, or a word of others' that is shown as such. */
    private static String why(CommandLine knit, List<String> words, boolean sentence) {
        if (sentence && OtherWords.all().containsKey(words.get(0))) {
            return "";
        }
        try {
            knit.parseArgs(words.toArray(String[]::new));
            return "";
        } catch (CommandLine.MissingParameterException e) {
            return sentence ? "" : String.valueOf(e.getMessage());
        } catch (CommandLine.ParameterException e) {
            return String.valueOf(e.getMessage());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '=',
            quoteCharacter = '^',
            value = {
                "knit-server start --a \"b c\"  = server,start,--a,b c",
                "knit deploy 'a b.yaml' # takes = deploy,a b.yaml",
                "knit deploy <(sops -d x) --wait = deploy,<(sops -d x),--wait",
                "knit image push shop:3 - | cat = image,push,shop:3,-"
            })
    @DisplayName("a line is what a shell makes of it")
    void words(String line, String words) {
        assertThat(String.join(",", words(line.strip()))).isEqualTo(words.strip());
    }

    private static List<String> words(String command) {
        List<String> words = new ArrayList<>();
        for (MatchResult word : WORD.matcher(command).results().toList()) {
            if (word.group(2) != null) {
                break;
            }
            words.add(word.group(1).replaceAll("[\"']", ""));
        }
        String knit = words.remove(0);
        if (knit.startsWith("knit-")) {
            words.add(0, knit.substring("knit-".length()));
        }
        return words;
    }
}
