package io.knit.launcher.remote.ssh;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What came of a script.
 *
 * @param exit the script's exit code, or ssh's own: 255
 * @param facts what it told as {@code @knit NAME VALUE}, the last of each name; what else a login writes is passed over
 * @param lines all that it wrote besides, standard error last
 */
public record HostAnswer(int exit, Map<String, String> facts, List<String> lines) {
    private static final String MARK = "@knit ";
    private static final int LAST = 20;

    public HostAnswer {
        facts = Map.copyOf(facts);
        lines = List.copyOf(lines);
    }

    static HostAnswer of(int exit, String out, String err) {
        Map<String, String> facts = new LinkedHashMap<>();
        List<String> lines = new ArrayList<>();
        out.lines().forEach(line -> {
            if (line.startsWith(MARK)) {
                String[] words = line.substring(MARK.length()).split(" ", 2);
                facts.put(words[0], words.length < 2 ? "" : words[1].strip());
            } else if (!line.isBlank()) {
                lines.add(line);
            }
        });
        err.lines().filter(line -> !line.isBlank()).forEach(lines::add);
        return new HostAnswer(exit, facts, lines);
    }

    /** Empty: it did not tell. */
    public String fact(String name) {
        return facts.getOrDefault(name, "");
    }

    /** The last of what it wrote. */
    public List<String> last() {
        return lines.subList(Math.max(0, lines.size() - LAST), lines.size());
    }
}
