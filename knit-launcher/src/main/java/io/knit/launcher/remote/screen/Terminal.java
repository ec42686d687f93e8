package io.knit.launcher.remote.screen;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is printed on: a person's screen, or a pipe or a file, on which lines are as long as they are and nothing is drawn or coloured.
 *
 * @param screen whether it is a person's, on which what was drawn can be drawn over
 * @param columns how long a line is at most; so many that it is of no account where it is none
 * @param rows how many lines there are
 * @param coloured whether colours are welcome
 */
public record Terminal(boolean screen, int columns, int rows, boolean coloured) {
    /** No screen. */
    public static final Terminal NONE = new Terminal(false, Integer.MAX_VALUE, Integer.MAX_VALUE, false);

    private static final Pattern SIZE = Pattern.compile("(\\d{1,5}) (\\d{1,5})\\s*");
    private static final int USUAL_COLUMNS = 80;
    private static final int USUAL_ROWS = 24;
    private static final int FEWEST_COLUMNS = 20;
    private static final int FEWEST_ROWS = 4;

    /**
     * What a stream of this process goes to.
     *
     * @param descriptor 1 for the standard output, 2 for errors
     */
    public static Terminal of(int descriptor, Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", "");
        if (!isAt(descriptor) || kind.equals("dumb")) {
            return NONE;
        }
        boolean coloured = environment.getOrDefault("NO_COLOR", "").isEmpty();
        int[] size = size(environment);
        return new Terminal(true, Math.max(FEWEST_COLUMNS, size[0]), Math.max(FEWEST_ROWS, size[1]), coloured);
    }

    /**
     * Whether somebody sits at a stream of this process. Java can only tell of all streams together, and since 22 not even that.
     *
     * @param descriptor 0 for the standard input, 1 for the standard output, 2 for errors
     */
    public static boolean isAt(int descriptor) {
        try {
            String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor))
                    .toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException e) {
            // no Linux
            return System.console() != null;
        }
    }

    private static int[] size(Map<String, String> environment) {
        try {
            Process asked = new ProcessBuilder("stty", "size")
                    .redirectInput(Path.of("/dev/tty").toFile())
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            try (InputStream answer = asked.getInputStream()) {
                Matcher size = SIZE.matcher(new String(answer.readNBytes(20), StandardCharsets.US_ASCII));
                if (asked.waitFor(1, TimeUnit.SECONDS)
                        && size.matches()
                        && !size.group(2).equals("0")) {
                    return new int[] {Integer.parseInt(size.group(2)), Integer.parseInt(size.group(1))};
                }
            } finally {
                asked.destroy();
            }
        } catch (IOException e) {
            // a screen that does not tell its size has the usual one
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return new int[] {number(environment, "COLUMNS", USUAL_COLUMNS), number(environment, "LINES", USUAL_ROWS)};
    }

    private static int number(Map<String, String> environment, String variable, int otherwise) {
        String text = environment.getOrDefault(variable, "");
        return text.matches("[1-9]\\d{0,4}") ? Integer.parseInt(text) : otherwise;
    }

    /** The text, in the tone's colour where colours are welcome. */
    public String toned(String text, Tone tone) {
        return coloured && !tone.code().isEmpty() ? tone.code() + text + Tone.END : text;
    }
}
