package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;
import static io.knit.api.error.ErrorCode.TOO_LARGE;

import io.knit.api.spi.runtime.KnitLabels;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.SpecTable;
import io.knit.core.template.WholeText;
import java.util.Map;

/**
 * A container's labels are read by other programs, each with a grammar of its own ({@code traefik.http.routers.web.tls.domains[0].main},
 * {@code caddy.@ws.0}, YAML of several lines), so whatever the engine takes is taken, but for Knit's own keys. A node's labels
 * are Knit's and have a narrower rule.
 */
final class LabelRules {
    private static final FieldLimits LIMITS = SpecTable.SPEC.field("labels").limits();

    private LabelRules() {}

    static void check(Map<String, String> labels, Refusals refusals) {
        Admission.entries("/labels", labels, refusals);
        labels.forEach((key, value) -> {
            String pointer = Pointers.child("/labels", key);
            if (key.startsWith(KnitLabels.PREFIX)) {
                refusals.add(
                        pointer,
                        INVALID_VALUE,
                        "labels: " + Pointers.quoted(key) + " is Knit's own; choose a key that does not start with "
                                + KnitLabels.PREFIX);
            }
            if (key.isBlank() || !LIMITS.hasKey(key) || key.indexOf('\0') >= 0 || WholeText.fault(key) != null) {
                refusals.add(
                        pointer,
                        INVALID_VALUE,
                        "labels: " + Pointers.quoted(key) + " can't be a label's key; give 1 to " + LIMITS.keyLength()
                                + " characters, not only spaces, without NUL and halves of characters");
            }
            Admission.unwritable(pointer, "labels", key, value, refusals);
            if (value.indexOf('\0') >= 0) {
                refusals.add(
                        pointer,
                        INVALID_VALUE,
                        "labels: the value of " + Pointers.quoted(key) + " has a NUL character; remove it");
            }
            if (value.length() > LIMITS.length()) {
                refusals.add(
                        pointer,
                        TOO_LARGE,
                        "labels: the value of " + Pointers.quoted(key) + " has " + value.length() + " characters; give "
                                + LIMITS.length() + " at most");
            }
        });
    }
}
