package io.knit.core.server.dashboard.value;

import io.knit.api.Orchestrator;
import io.knit.api.command.Caller;
import io.knit.api.command.Value;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code /dashboard/values}: variables, secrets, files and registries, to see, set and remove. */
public final class ValuePages {
    public static final String PATH = "/dashboard/values";
    public static final Set<String> PARAMETERS = Set.of("set", "removed");

    private static final Pattern DONE = Pattern.compile("(var|secret|file|registry)/([A-Za-z0-9._:\\[\\]-]{1,255})");

    private final Orchestrator orchestrator;
    private final Frame frame;

    public ValuePages(Orchestrator orchestrator, Frame frame) {
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, ctx -> page(ctx, 200, ValueForm.NONE, Map.of(), notice(ctx)));
        router.post(PATH).handler(this::change);
    }

    private void change(RoutingContext ctx) {
        ValueForm form = ValueForm.of(ctx.request().formAttributes());
        if (!frame.isGiven(ctx)) {
            page(ctx, 403, form.shown(), Map.of("general", List.of(Frame.OLD_PAGE)), "");
            return;
        }
        try {
            orchestrator
                    .run(form.command(), frame.caller(ctx))
                    .onSuccess(done -> Frame.seeOther(ctx, PATH + "?" + told(form, done)))
                    .onFailure(failure -> refuse(ctx, form, failure));
        } catch (KnitException e) {
            refuse(ctx, form, e);
        }
    }

    private static String told(ValueForm form, Value done) {
        return (form.action().equals("set") ? "set" : "removed") + "="
                + URLEncoder.encode(done.kind().wireName() + "/" + done.name(), StandardCharsets.UTF_8);
    }

    private void refuse(RoutingContext ctx, ValueForm form, Throwable failure) {
        Frame.refuse(ctx, failure, expected -> {
            Map<String, List<String>> errors = new HashMap<>();
            for (KnitException one : Refusals.of(expected)) {
                errors.computeIfAbsent(field(one), none -> new ArrayList<>()).add(one.getMessage());
            }
            page(ctx, Frame.status(expected), form.shown(), errors, "");
        });
    }

    private static String field(KnitException refusal) {
        return switch (String.valueOf(refusal.pointer())) {
            case "/name", "/host" -> "name";
            case "/username" -> "username";
            case "/value", "/password" -> "content";
            default -> "general";
        };
    }

    private void page(
            RoutingContext ctx, int status, ValueForm typed, Map<String, List<String>> errors, String notice) {
        Caller visitor = frame.caller(ctx);
        Map<String, Object> model = new HashMap<>();
        model.put("values", ValueLists.of(orchestrator, visitor));
        model.put("typed", typed);
        model.put("errors", errors);
        model.put("notice", notice);
        model.put("here", PATH);
        frame.show(ctx, status, "values.peb", model);
    }

    /** What was done, as far as it is so; empty: nothing. */
    private String notice(RoutingContext ctx) {
        String removed = ctx.request().getParam("removed");
        String set = ctx.request().getParam("set");
        Matcher done = DONE.matcher(removed == null ? String.valueOf(set) : removed);
        if (!done.matches()) {
            return "";
        }
        Value.Kind kind = new ValueForm("", done.group(1), "", "", "").what();
        String one =
                "The " + (kind == Value.Kind.REGISTRY ? "login of the registry" : kind.words()) + " " + done.group(2);
        Caller visitor = frame.caller(ctx);
        Optional<Value> present = orchestrator.values(kind, visitor).stream()
                .filter(value -> value.name().equals(done.group(2)))
                .findFirst();
        if (removed != null) {
            return present.isPresent() ? "" : one + " is removed.";
        }
        return present.map(value -> one + " is set: it has version " + value.version() + "."
                        + following(kind, orchestrator.readers(kind, visitor).getOrDefault(value.name(), List.of())))
                .orElse("");
    }

    private static String following(Value.Kind kind, List<String> readers) {
        return kind == Value.Kind.REGISTRY || readers.isEmpty()
                ? ""
                : " It is read by " + ValueLists.named(readers)
                        + ": where it is another content, it goes out there now.";
    }
}
