package io.knit.core.server.compose.take;

import io.knit.core.server.compose.text.Part;
import io.knit.core.server.compose.text.Spot;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** How many there are, until when, and what becomes of one that ended. */
final class TakenMode {
    private static final Pattern ON_FAILURE = Pattern.compile("on-failure(?::(\\d{1,4}))?");
    private static final Map<String, String> CONDITIONS =
            Map.of("none", "never", "on-failure", "on_failure", "any", "always");

    private final ServiceReading in;
    private final Part deploy;
    private final boolean awaited;

    TakenMode(ServiceReading in, Part deploy, boolean awaited) {
        this.in = in;
        this.deploy = deploy;
        this.awaited = awaited;
    }

    void take() {
        String mode = ServiceReading.given(deploy, "mode")
                .flatMap(part -> in.text(part, "mode"))
                .orElse("replicated");
        boolean job = awaited || mode.equals("replicated-job");
        Spot at = deploy.spotOf("mode");
        if (mode.equals("global-job")) {
            in.refuse(at, "mode: global-job is not there", "write mode: replicated-job with replicas:");
        } else if (mode.equals("global") && awaited) {
            in.refuse(
                    at,
                    "another service waits until this one has ended, and with mode: global none does",
                    "leave the mode out");
        } else if (mode.equals("global")) {
            in.draft.set("mode", at, mode);
        } else if (job) {
            in.draft.set("mode", at, "job");
        } else if (!mode.equals("replicated")) {
            in.refuse(at, "mode: " + mode + " is not known", "give replicated, global or replicated-job");
        }
        replicas(job, mode.equals("global"));
        restart(job);
    }

    private void replicas(boolean job, boolean global) {
        Optional<Integer> scale = in.given("scale").flatMap(part -> in.number(part, "scale"));
        Optional<Integer> replicas =
                ServiceReading.given(deploy, "replicas").flatMap(part -> in.number(part, "replicas"));
        if (scale.isPresent() && replicas.isPresent() && !scale.equals(replicas)) {
            in.refuse(in.service.spotOf("scale"), "scale and deploy.replicas say two things", "keep deploy.replicas");
            return;
        }
        Spot at = replicas.isPresent() ? deploy.spotOf("replicas") : in.service.spotOf("scale");
        replicas.or(() -> scale).ifPresent(number -> {
            if (global) {
                in.remark(at, "with mode: global there is one on each node", "leave the number out");
            } else {
                in.draft.set(job ? "job.completions" : "replicas", at, (long) number);
                if (job && number > 1) {
                    in.draft.set("job.parallelism", at, (long) number);
                }
            }
        });
    }

    private void restart(boolean job) {
        Optional<Part> policy = ServiceReading.given(deploy, "restart_policy");
        if (policy.isPresent()) {
            policy(in.map(policy.get(), "restart_policy"), job);
        } else {
            in.given("restart").flatMap(part -> in.text(part, "restart")).ifPresent(text -> restart(text, job));
        }
    }

    private void restart(String text, boolean job) {
        Spot at = in.service.spotOf("restart");
        Matcher failure = ON_FAILURE.matcher(text);
        if (failure.matches()) {
            set(at, "on_failure", failure.group(1), job);
        } else if (text.equals("no") || text.equals("false")) {
            set(at, "never", null, job);
        } else if (text.equals("always") || text.equals("unless-stopped")) {
            set(at, "always", null, job);
        } else {
            in.refuse(at, "restart: " + text + " is not known", "give no, always, unless-stopped or on-failure");
        }
    }

    private void policy(Part policy, boolean job) {
        String word = ServiceReading.given(policy, "condition")
                .flatMap(part -> in.text(part, "condition"))
                .orElse("any");
        String condition = CONDITIONS.get(word);
        String attempts = ServiceReading.given(policy, "max_attempts")
                .flatMap(part -> in.number(part, "max_attempts"))
                .map(String::valueOf)
                .orElse(null);
        if (condition == null) {
            in.refuse(
                    policy.spotOf("condition"), "condition: " + word + " is not known", "give none, on-failure or any");
            return;
        }
        set(policy.spotOf("condition"), condition, attempts, job);
        if (!job) {
            boolean atOnce = ServiceReading.given(policy, "delay")
                    .filter(part -> part.text().matches("0[a-z]*"))
                    .isPresent();
            if (!atOnce) {
                in.time(policy, "delay", "restart.delay");
            }
            in.time(policy, "window", "restart.window");
        } else {
            policy.keys().forEach((name, at) -> {
                if (name.equals("delay") || name.equals("window")) {
                    in.remark(
                            at,
                            name + ": the next attempt of a job begins after 1 s, doubling to a minute",
                            "leave it out");
                }
            });
        }
    }

    private void set(Spot at, String condition, @Nullable String attempts, boolean job) {
        if (job) {
            if (condition.equals("always")) {
                in.refuse(
                        at,
                        "this one is to end, for another waits until it has, and is to be started again when it has",
                        "write restart: on-failure, or leave it out");
            } else if (condition.equals("never")) {
                in.draft.set("job.retries", at, 0);
            } else if (attempts != null) {
                in.draft.set("job.retries", at, Long.parseLong(attempts));
            }
            return;
        }
        in.draft.set("restart.condition", at, condition);
        if (attempts != null && !condition.equals("never")) {
            in.draft.set("restart.attempts", at, Long.parseLong(attempts));
            if (!attempts.equals("0")) {
                in.remark(
                        at,
                        "after " + attempts
                                + " attempts within ten minutes, unless a window is given, it is tried on another node",
                        "");
            }
        }
    }
}
