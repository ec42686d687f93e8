package io.knit.core.server.webhook;

import io.knit.api.command.Caller;
import io.knit.api.command.Command;
import io.knit.api.command.TokenText;
import io.knit.api.command.Webhook;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.core.server.events.EventTypes;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import io.knit.core.server.state.KnownWebhook;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;

/** What commands about webhooks change (pure). */
public final class WebhookCommands {
    /** Each is a line of its own. */
    public static final int MOST = 100;

    static final int MOST_PATTERNS = 32;

    private static final Pattern KINDS = Pattern.compile("[a-z0-9_.*-]{1,64}");
    private static final Pattern NAMES = Pattern.compile("[a-z0-9*-]{1,63}");

    private WebhookCommands() {}

    /** It gets what happens from now on. */
    public static Decision<Webhook> create(
            ClusterState state, Command.CreateWebhook create, Caller caller, Instant now) {
        check(create);
        if (state.webhooks().containsKey(create.name())) {
            throw KnitException.at(
                    "/name",
                    ErrorCode.IN_USE,
                    "there is a webhook " + create.name() + " already; give another name, or remove that one first");
        }
        if (state.webhooks().size() >= MOST) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "there are " + MOST + " webhooks, which is all the server keeps; remove what nobody uses");
        }
        Webhook hook = new Webhook(
                create.name(),
                create.url(),
                create.events(),
                create.deployments(),
                now,
                caller.name(),
                Webhook.Course.begin(state.lastEvent()));
        return new Decision<>(List.of(new Change.PutWebhook(new KnownWebhook(hook, create.secret()))), hook);
    }

    private static void check(Command.CreateWebhook create) {
        if (!TokenText.isName(create.name())) {
            throw invalid(
                    "/name",
                    "a webhook's name has 1 to 63 of a-z, 0-9 and -, and begins and ends with a letter or digit; write one such as chat");
        }
        WebhookUrl.fault(create.url(), create.plain()).ifPresent(fault -> {
            throw invalid("/url", fault);
        });
        check("/events", create.events(), KINDS, "kinds of events, such as deployment.* or node.down");
        check("/deployments", create.deployments(), NAMES, "names of deployments, such as web-*");
        for (int i = 0; i < create.events().size(); i++) {
            String subject = EventTypes.family(create.events().get(i));
            if (!subject.contains("*") && !EventTypes.FAMILIES.contains(subject)) {
                throw invalid(
                        "/events/" + i,
                        "no event is of this kind; those that there are begin with "
                                + String.join("., ", EventTypes.FAMILIES) + ".");
            }
        }
    }

    private static void check(String at, List<String> patterns, Pattern form, String what) {
        if (patterns.isEmpty() || patterns.size() > MOST_PATTERNS) {
            throw invalid(at, "give 1 to " + MOST_PATTERNS + " " + what + ", or * for all of them");
        }
        for (int i = 0; i < patterns.size(); i++) {
            if (!form.matcher(patterns.get(i)).matches()) {
                throw invalid(at + "/" + i, "here stand " + what + ", in which * stands for any letters");
            }
        }
    }

    private static KnitException invalid(String pointer, String words) {
        return KnitException.at(pointer, ErrorCode.INVALID_VALUE, words);
    }

    public static Decision<Webhook> remove(ClusterState state, String name) {
        KnownWebhook known = state.webhooks().get(name);
        if (known == null) {
            throw unknown();
        }
        return new Decision<>(List.of(new Change.RemoveWebhook(name)), known.webhook());
    }

    /** Where a name leads to none. */
    public static KnitException unknown() {
        return new KnitException(ErrorCode.NOT_FOUND, "there is no such webhook; GET /webhooks lists all");
    }

    /**
     * A webhook has come further, or does not get on. Nothing changes of one that is gone.
     *
     * @param created by which one is told from another that has taken its name
     */
    public static Decision<Boolean> moved(ClusterState state, String name, Instant created, Webhook.Course course) {
        KnownWebhook known = state.webhooks().get(name);
        if (known == null || !known.webhook().createdAt().equals(created)) {
            return new Decision<>(List.of(), false);
        }
        return known.webhook().course().equals(course)
                ? new Decision<>(List.of(), true)
                : new Decision<>(List.of(new Change.PutCourse(name, course)), true);
    }
}
