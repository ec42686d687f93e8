package io.knit.core.server.http.settle;

import io.knit.api.command.Caller;
import io.knit.api.model.DeploymentView;
import io.knit.api.model.SlotVolume;
import io.knit.api.model.VolumeView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Until nothing of a deployment is left, nor of its volumes, of whose end events tell, too. */
final class UntilAllIsGone extends UntilSettled {
    private final String name;

    UntilAllIsGone(
            Settling settling, DeploymentView made, Duration patience, Consumer<ChangeOutcome<DeploymentView>> answer) {
        super(settling, made, patience, true, answer);
        this.name = made.name();
    }

    @Override
    @Nullable
    ChangeOutcome<DeploymentView> judge(@Nullable DeploymentView view) {
        List<VolumeView> left = view == null ? going() : List.of();
        Optional<VolumeView> away =
                left.stream().filter(it -> !it.away().isEmpty()).findFirst();
        if (left.isEmpty()) {
            return super.judge(view);
        } else if (away.isPresent()) {
            SlotVolume volume = away.get().volume();
            return new ChangeOutcome<>(
                    null,
                    "its volume " + volume.name() + " of slot " + volume.slot() + " is left, and goes when it can: "
                            + away.get().away());
        }
        return null;
    }

    private List<VolumeView> going() {
        return settling.orchestrator.volumes(Caller.PROGRAM).stream()
                .filter(it ->
                        it.volume().deployment().equals(name) && it.volume().removing() != null)
                .toList();
    }

    @Override
    String hindrance() {
        return going().stream()
                .findFirst()
                .map(it -> "; its volume " + it.volume().name() + " of slot "
                        + it.volume().slot() + " is left: " + it.awaits())
                .orElseGet(super::hindrance);
    }
}
