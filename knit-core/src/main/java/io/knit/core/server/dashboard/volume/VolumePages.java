package io.knit.core.server.dashboard.volume;

import io.knit.api.Orchestrator;
import io.knit.api.error.KnitException;
import io.knit.core.server.admission.Refusals;
import io.knit.core.server.dashboard.frame.Frame;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** {@code /dashboard/volumes}: what is in which volume where, also of deployments that are gone; to remove, and to move with its slot. */
public final class VolumePages {
    public static final String PATH = "/dashboard/volumes";
    public static final Set<String> PARAMETERS = Set.of("removing", "moving", "staying", "restored");
    public static final String SNAPSHOT = PATH + "/:deployment/:slot/:name/snapshot";
    public static final String RESTORE = PATH + "/:deployment/:slot/:name/restore";
    public static final Set<String> OF_ONE = Set.of("node");

    private static final Pattern SUBJECT = Pattern.compile("[A-Za-z0-9._/-]{1,400}");
    private static final Pattern NOT_IN_A_FILES_NAME = Pattern.compile("[^A-Za-z0-9._-]");

    private final Orchestrator orchestrator;
    private final Frame frame;
    private final Streams streams;

    /** What comes and goes in pieces, and is never whole here. Each answers by itself where it fails. */
    public interface Streams {
        /**
         * Answers with what is in the volume that the path and the parameter {@code node} name.
         *
         * @param comes says of the answer what else is to be said, where there is something to send
         */
        void snapshot(RoutingContext ctx, Consumer<HttpServerResponse> comes);

        /**
         * Restores the volume that they name from the form's file.
         *
         * @param taken says of the answer what is to be said once it is done
         */
        void restore(RoutingContext ctx, Consumer<HttpServerResponse> taken);
    }

    public VolumePages(Orchestrator orchestrator, Frame frame, Streams streams) {
        this.streams = streams;
        this.orchestrator = orchestrator;
        this.frame = frame;
    }

    public void mount(Router router) {
        Frame.get(router, PATH, ctx -> page(ctx, 200, List.of(), notice(ctx)));
        router.post(PATH).handler(this::change);
        router.get(SNAPSHOT).handler(this::snapshot);
        router.post(RESTORE).handler(this::restore);
        Frame.lead(router, RESTORE, PATH);
    }

    private void snapshot(RoutingContext ctx) {
        String file = NOT_IN_A_FILES_NAME.matcher(subject(ctx, "-")).replaceAll("_") + ".tar";
        streams.snapshot(
                ctx, response -> response.putHeader("Content-Disposition", "attachment; filename=\"" + file + "\""));
    }

    private void restore(RoutingContext ctx) {
        frame.requireGiven(ctx);
        String to = PATH + "?restored=" + URLEncoder.encode(subject(ctx, "/"), StandardCharsets.UTF_8);
        streams.restore(ctx, response -> response.setStatusCode(303).putHeader("Location", to));
    }

    private static String subject(RoutingContext ctx, String between) {
        return String.join(between, ctx.pathParam("deployment"), ctx.pathParam("slot"), ctx.pathParam("name"));
    }

    private void change(RoutingContext ctx) {
        if (!frame.isGiven(ctx)) {
            page(ctx, 403, List.of(Frame.OLD_PAGE), "");
            return;
        }
        VolumeForm form = VolumeForm.of(ctx.request().formAttributes());
        try {
            orchestrator
                    .run(form.command(), frame.caller(ctx))
                    .onSuccess(done -> Frame.seeOther(ctx, PATH + "?" + form.done()))
                    .onFailure(failure -> refuse(ctx, failure));
        } catch (KnitException e) {
            refuse(ctx, e);
        }
    }

    private void refuse(RoutingContext ctx, Throwable failure) {
        Frame.refuse(ctx, failure, expected -> {
            List<String> words = Refusals.of(expected).stream()
                    .map(refusal -> "Nothing was done: " + refusal.getMessage())
                    .toList();
            page(ctx, Frame.status(expected), words, "");
        });
    }

    private void page(RoutingContext ctx, int status, List<String> errors, String notice) {
        Map<String, Object> model = new HashMap<>();
        model.put("volumes", VolumeList.of(orchestrator, frame.caller(ctx)));
        model.put("errors", errors);
        model.put("notice", notice);
        model.put("here", PATH);
        frame.show(ctx, status, "volumes.peb", model);
    }

    private static String notice(RoutingContext ctx) {
        return told(ctx, "removing", "is removed as soon as nothing has it.")
                + told(ctx, "moving", "is being moved with its volumes.")
                + told(ctx, "staying", "stays where it is.")
                + told(ctx, "restored", "has what was in the tar.");
    }

    private static String told(RoutingContext ctx, String parameter, String words) {
        String subject = ctx.request().getParam(parameter);
        return subject != null && SUBJECT.matcher(subject).matches() ? subject + " " + words : "";
    }
}
