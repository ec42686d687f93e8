package io.knit.core.server.http.settle;

import io.knit.api.model.DeploymentView;
import io.knit.api.model.KnitEvent;
import io.knit.api.model.Settled;
import io.knit.core.server.http.answer.Unfinished;
import io.knit.core.server.view.ChangeCourse;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until all of a deployment runs, and what it replaces or does without has gone; or until nothing of it is left. */
class UntilSettled extends Waiter<DeploymentView> {
    private final String name;
    private final ChangeCourse course;

    UntilSettled(
            Settling settling,
            DeploymentView made,
            Duration patience,
            boolean shallGo,
            Consumer<ChangeOutcome<DeploymentView>> answer) {
        super(settling, patience, answer);
        this.name = made.name();
        this.course = shallGo ? ChangeCourse.ofEnd(made) : ChangeCourse.of(made);
    }

    @Override
    boolean concerns(KnitEvent event) {
        return name.equals(event.deployment());
    }

    @Override
    Optional<DeploymentView> newest() {
        return settling.orchestrator.deployment(name);
    }

    @Override
    @Nullable
    ChangeOutcome<DeploymentView> judge(@Nullable DeploymentView view) {
        Settled settled = course.settled(view);
        return settled.over()
                ? new ChangeOutcome<>(view, settled.unsettled().isEmpty() ? null : settled.unsettled())
                : null;
    }

    @Override
    String hindrance() {
        return newest().map(view -> {
                    String words = Unfinished.words(view);
                    return words.isEmpty() ? Unfinished.words(course.leaving(view)) : words;
                })
                .orElse("");
    }
}
