package io.knit.core.server.volume;

import io.knit.api.command.Command;
import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.model.Instance;
import io.knit.api.model.SlotMove;
import io.knit.api.model.SlotVolume;
import io.knit.core.server.state.Change;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Decision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** What is to become of volumes that specs name (pure). */
public final class VolumeCommands {
    private VolumeCommands() {}

    /** All of a deployment's are to go, each once nothing has it any more; but for those that others share. */
    public static List<Change> removing(ClusterState state, String deployment, Instant now) {
        return state.volumesOf(deployment).stream()
                .filter(volume -> volume.removing() == null)
                .filter(volume -> SharedVolumes.other(state, List.of(volume)).isEmpty())
                .<Change>map(volume -> new Change.PutVolume(volume.removing(now)))
                .toList();
    }

    /** Answers with the volume, as it is then. */
    public static Decision<SlotVolume> remove(ClusterState state, Command.RemoveVolume command, Instant now) {
        SlotVolume volume =
                VolumeViews.one(state, command.deployment(), command.slot(), command.name(), command.node());
        SlotMove move = VolumeViews.move(state, volume);
        if (move != null) {
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the volume \"" + volume.name() + "\" of slot " + volume.slot() + " on " + volume.node()
                            + " is part of a move from " + move.from() + " to " + move.to()
                            + "; wait until that is over, or cancel it: knit volume move " + volume.deployment() + " "
                            + volume.slot() + " --cancel. Nothing was changed");
        }
        Optional<Instance> user = VolumeViews.user(state, volume);
        if (user.isPresent()) {
            Instance one = user.get();
            throw new KnitException(
                    ErrorCode.IN_USE,
                    "the volume \"" + volume.name() + "\" of slot " + volume.slot() + " on " + volume.node() + " is "
                            + (one.node() == null ? "waited for by " : "had by ") + one.id()
                            + ", which is wanted; undeploy " + one.deployment()
                            + ", scale its slot away or deploy it without the volume first. Nothing was changed");
        }
        SlotVolume going = volume.removing(now);
        return volume.equals(going)
                ? Decision.nothing(volume)
                : new Decision<>(List.of(new Change.PutVolume(going)), going);
    }
}
