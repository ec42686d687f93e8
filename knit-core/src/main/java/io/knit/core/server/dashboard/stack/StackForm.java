package io.knit.core.server.dashboard.stack;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.compose.ComposeSource;
import io.knit.core.server.dashboard.frame.CsrfTokens;
import io.vertx.core.MultiMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The form of a Compose file as it was typed.
 *
 * @param action {@code plan}, {@code deploy} or {@code edit}
 * @param project what the stack is called; empty: as the file says
 * @param env what the file's variables are, as {@code .env} has it
 * @param prune whether what is of the stack and not in the file goes
 * @param seen which revisions the plan was of
 */
public record StackForm(String action, String file, String project, String env, boolean prune, String seen) {
    public static final Set<String> FIELDS = Set.of(CsrfTokens.FIELD, "do", "file", "project", "env", "prune", "seen");

    static final StackForm NONE = new StackForm("", "", "", "", false, "");

    /** What refusals and remarks call it. */
    private static final String NAME = "compose.yaml";

    private static final Pattern SEEN = Pattern.compile("([a-z0-9-]{1,63})=(\\d{1,9})(?:,|$)");

    static StackForm of(MultiMap fields) {
        return new StackForm(
                field(fields, "do"),
                field(fields, "file"),
                field(fields, "project").strip(),
                field(fields, "env"),
                fields.contains("prune"),
                field(fields, "seen"));
    }

    private static String field(MultiMap fields, String name) {
        return Objects.requireNonNullElse(fields.get(name), "").replace("\r\n", "\n");
    }

    /** Whether somebody wrote something of it. */
    public boolean isTyped() {
        return !file.isEmpty() || !env.isEmpty();
    }

    /** The same, meant for what is there by these revisions. */
    StackForm seen(Map<String, Integer> revisions) {
        String text = revisions.entrySet().stream()
                .map(each -> each.getKey() + "=" + each.getValue())
                .collect(Collectors.joining(","));
        return new StackForm(action, file, project, env, prune, text);
    }

    /** @throws KnitException if it is not as the page gave it: then nothing is known of what was shown */
    Map<String, Integer> revisions() {
        Map<String, Integer> revisions = new LinkedHashMap<>();
        Matcher each = SEEN.matcher(seen);
        int end = 0;
        while (each.find() && each.start() == end) {
            revisions.put(each.group(1), Integer.valueOf(each.group(2)));
            end = each.end();
        }
        if (revisions.isEmpty() || end < seen.length()) {
            throw new KnitException(ErrorCode.INVALID_VALUE, "the page does not say what it showed; plan it anew");
        }
        return revisions;
    }

    ComposeSource source() {
        return ComposeSource.of(NAME, file)
                .with(Map.of(), env.isBlank() ? null : env)
                .named(project);
    }
}
