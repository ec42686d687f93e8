package io.knit.core.server.admission;

import static io.knit.api.error.ErrorCode.INVALID_VALUE;

import io.knit.api.model.TemplateSpec;
import io.knit.api.model.TemplateSpec.OnChange;
import io.knit.core.rules.process.SignalWords;
import io.knit.core.spec.ContainerTables;
import io.knit.core.spec.FieldLimits;
import io.knit.core.spec.Reads;
import org.jspecify.annotations.Nullable;

/** Whether a template that asks for services says what its container has of a change, and none else does. */
final class FollowRules {
    private static final FieldLimits EXEC =
            ContainerTables.TEMPLATE.field("exec").limits();
    private static final String ASKS =
            " calls service(…), whose answer changes while the container runs; give on_change: signal with signal,"
                    + " exec with exec, or none if the program looks at the file itself";

    private FollowRules() {}

    /** @param pointer to the template */
    static void check(String pointer, TemplateSpec template, Refusals refusals) {
        String fault = fault(template);
        if (fault != null) {
            refusals.add(pointer + "/on_change", INVALID_VALUE, "on_change" + fault);
        }
        signal(pointer + "/signal", template, refusals);
        boolean given = !template.exec().isEmpty();
        if (given != (template.onChange() == OnChange.EXEC)) {
            refusals.add(
                    pointer + "/exec",
                    INVALID_VALUE,
                    given
                            ? "exec is given, and on_change is not exec; say on_change: exec, or leave exec out"
                            : "on_change is exec, and there is no exec; give the command, as [\"nginx\", \"-s\", \"reload\"]");
        }
        CommandRules.check(pointer + "/exec", "exec", template.exec(), EXEC, refusals);
        if (!template.follows() && !template.splay().isZero()) {
            refusals.add(
                    pointer + "/splay",
                    INVALID_VALUE,
                    "splay is for files that follow what they read; give on_change, too, or leave it out");
        }
    }

    private static void signal(String pointer, TemplateSpec template, Refusals refusals) {
        String signal = template.signal();
        boolean given = !signal.isEmpty();
        String fault = given ? SignalWords.fault(signal) : null;
        if (fault != null) {
            refusals.add(pointer, INVALID_VALUE, "signal " + Pointers.quoted(signal) + fault);
        } else if (given != (template.onChange() == OnChange.SIGNAL)) {
            refusals.add(
                    pointer,
                    INVALID_VALUE,
                    given
                            ? "signal is given, and on_change is not signal; say on_change: signal, or leave signal out"
                            : "on_change is signal, and there is no signal; give its name, such as SIGHUP");
        }
    }

    /** Null: none. */
    private static @Nullable String fault(TemplateSpec template) {
        boolean asks = Reads.asksForServices(template);
        if (asks && !template.follows()) {
            return " is restart, and the template" + ASKS;
        }
        if (template.follows() && template.env()) {
            return " is for files, and this one is environment (env), which a container keeps as it is; leave one out";
        }
        if (template.follows()
                && !asks
                && template.source().isEmpty()
                && Reads.ofTemplate(template).isEmpty()) {
            return " is for templates that read what may become another: service(…), var(…), secret(…), file(…), or a"
                    + " source; this one reads none, so leave it out";
        }
        return null;
    }

    /** The same for a file that is the template, once it is known what it holds. */
    static void source(String pointer, TemplateSpec template, String text, Refusals refusals) {
        if (!template.follows() && Reads.asksForServices(template.with(text))) {
            refusals.add(pointer, INVALID_VALUE, "the file " + template.source() + ASKS);
        }
    }
}
