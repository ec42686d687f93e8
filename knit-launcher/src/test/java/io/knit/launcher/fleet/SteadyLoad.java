package io.knit.launcher.fleet;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A {@link SteadyClient} on the server's host, and what it counted in each phase of a test. */
final class SteadyLoad implements AutoCloseable {
    private static final Pattern COUNTS = Pattern.compile("sent (\\d+) again (\\d+) held (\\d+) lost (\\d+)");

    private final Process process;
    private final Writer questions;
    private final BufferedReader answers;
    private final Map<String, Counts> summary = new LinkedHashMap<>();

    /**
     * @param sent requests
     * @param again how many of them were tried at a second instance, because no connection was made
     * @param held lost on connections to a host that died
     * @param lost the others that were lost
     */
    record Counts(int sent, int again, int held, int lost) {}

    SteadyLoad(Fleet fleet, Path folder, String deployment, int rate) {
        List<String> command = new ArrayList<>(fleet.on(0));
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-cp",
                System.getProperty("java.class.path"),
                SteadyClient.class.getName(),
                deployment,
                String.valueOf(rate)));
        try {
            process = new ProcessBuilder(command)
                    .directory(folder.toFile())
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        questions = process.outputWriter(StandardCharsets.UTF_8);
        answers = process.inputReader(StandardCharsets.UTF_8);
    }

    /** Does it, and counts what the client sent meanwhile. */
    void phase(String name, Runnable what) {
        ask("");
        long began = System.nanoTime();
        what.run();
        Matcher counts = COUNTS.matcher(ask(""));
        if (!counts.matches()) {
            throw new AssertionError("the client does not count");
        }
        Counts of = new Counts(number(counts, 1), number(counts, 2), number(counts, 3), number(counts, 4));
        summary.put(name, of);
        System.out.printf("%s, %.1f s: %s%n", name, (System.nanoTime() - began) / 1e9, of);
    }

    /** What is lost at that address from now on was held by a host that dies. */
    void dies(String address) {
        ask(address);
    }

    Map<String, Counts> summary() {
        return summary;
    }

    private static int number(Matcher counts, int group) {
        return Integer.parseInt(counts.group(group));
    }

    /** Its remarks on the way are for who reads the test's output. */
    private String ask(String line) {
        try {
            questions.write(line + "\n");
            questions.flush();
            for (String answer = answers.readLine(); answer != null; answer = answers.readLine()) {
                if (!answer.startsWith("#")) {
                    return answer;
                }
                System.out.println(answer);
            }
            throw new AssertionError("the client ended");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }
}
