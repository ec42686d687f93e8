package io.knit.launcher.fleet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The project's README: what a stranger types is what the tests type. */
final class Readme {
    private static final String KNIT = "    ./bin/knit ";
    private static final Pattern JSON = Pattern.compile("```json\n(.*?)```", Pattern.DOTALL);

    /** The repository, also where the tests of a module run in its folder. */
    static final Path HOME = Path.of(System.getProperty("knit.home", ".."));

    private Readme() {}

    /** The only command line that begins like this, as it stands. */
    static String line(String beginning) {
        List<String> found = text().lines()
                .map(String::strip)
                .filter(line -> line.startsWith(beginning))
                .toList();
        if (found.size() != 1) {
            throw new AssertionError("README.md has " + found.size() + " lines that begin with " + beginning);
        }
        return found.get(0);
    }

    /** What its part on one machine has people type after {@code bin/knit}, as a shell would hand it over, in their order; {@code dev} is the first. */
    static List<List<String>> typed() {
        return text().substring(text().indexOf("## Run it"), text().indexOf("On a fleet "))
                .lines()
                .filter(line -> line.startsWith(KNIT))
                .map(line -> List.of(split(line.substring(KNIT.length()))))
                .toList();
    }

    /** The words of that command, as a shell would hand them over. */
    static String[] words(String beginning) {
        return split(line(beginning));
    }

    private static String[] split(String line) {
        return Pattern.compile("\"([^\"]*)\"|(\\S+)")
                .matcher(line)
                .results()
                .map(word -> word.group(1) != null ? word.group(1) : word.group(2))
                .toArray(String[]::new);
    }

    /** The deployment, which is the first JSON of the page. */
    static String json() {
        Matcher matcher = JSON.matcher(text());
        if (!matcher.find()) {
            throw new AssertionError("README.md has no JSON");
        }
        return matcher.group(1);
    }

    private static String text() {
        try {
            return Files.readString(HOME.resolve("README.md"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
