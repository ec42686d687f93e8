package io.knit.launcher.remote.value;

import com.fasterxml.jackson.databind.JsonNode;
import io.knit.client.KnitClient;
import io.knit.launcher.program.Console;
import io.knit.launcher.remote.Exit;
import io.knit.launcher.remote.Remote;
import io.knit.launcher.remote.live.ServerAbsence;
import io.knit.launcher.remote.show.Listings;
import io.knit.launcher.remote.show.Printer;
import io.knit.launcher.remote.show.TextTable;
import io.knit.launcher.remote.typed.TypedTimes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code knit volume move}: a slot goes to another node together with its volumes. */
@Command(
        name = "move",
        description = {
            "Moves a slot to another node together with its volumes: what runs of it stops, they are",
            "copied, and it starts there. What fails ends where it was; the old copies stay."
        })
final class VolumeMove extends Remote {
    private static final long LOOK_MILLIS = 1_000;
    private static final Duration MOST = Duration.ofHours(24);
    private static final Duration UNLIMITED = Duration.ofDays(3_650);

    @Parameters(index = "0", paramLabel = "DEPLOYMENT", description = "Whose slot it is.")
    private String deployment = "";

    @Parameters(index = "1", paramLabel = "SLOT", description = "Its number.")
    private String slot = "";

    @Option(names = "--to", paramLabel = "NODE", description = "The node to which it goes.")
    private @Nullable String to;

    @Option(
            names = {"-w", "--wait"},
            description = "Wait until it is over, however long that takes; exit code 1 if it stays where it was.")
    private boolean wait;

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            description = "Wait for so long, at most 24h; waits also without --wait. It goes on after that.")
    private String timeout = "";

    @Option(names = "--cancel", description = "End a move of it that is under way where it was.")
    private boolean cancel;

    @Override
    protected int ask(KnitClient knit, Printer printer, Console console) {
        String target = to;
        if (cancel) {
            if (target != null || waits()) {
                throw new IllegalArgumentException(
                        "--cancel ends a move, so that neither --to nor --wait goes with it");
            }
            knit.cancelMove(deployment, slot);
            return said(knit, printer, "stays where it was; what was copied of its volumes goes");
        }
        if (target == null) {
            throw new IllegalArgumentException("give the node to which it goes with --to, or end a move with --cancel");
        }
        Duration patience = timeout.isEmpty() ? UNLIMITED : TypedTimes.duration("--timeout", timeout, MOST);
        knit.moveSlot(deployment, slot, target);
        if (!waits()) {
            return said(
                    knit,
                    printer,
                    "moves to " + target + "; knit volume ls --deployment " + deployment + " says how far it is");
        }
        @Nullable List<JsonNode> volumes = settled(knit, System.nanoTime() + patience.toNanos());
        if (volumes == null) {
            complain(
                    "slot " + slot + " of " + deployment + " is not moved yet",
                    "it goes on: knit volume ls --deployment " + deployment + " says how far it is",
                    console);
            return Exit.TIMED_OUT;
        }
        boolean moved = volumes.stream()
                .anyMatch(it -> target.equals(it.path("node").asText()) && !it.has("removing") && !it.has("moved_to"));
        if (moved) {
            return said(
                    knit,
                    printer,
                    "is moved to " + target + "; its old copies stay until they are removed: knit volume rm");
        }
        complain(
                "slot " + slot + " of " + deployment + " stays where it was",
                "the event volume.moved_back says why (knit events)",
                console);
        return Exit.FAILED;
    }

    private int said(KnitClient knit, Printer printer, String what) {
        JsonNode all = knit.volumes(deployment, null);
        printer.print(
                all,
                list -> List.of(deployment + "/" + slot),
                list -> List.of(TextTable.shown("slot " + slot + " of " + deployment + " " + what)));
        return Exit.OK;
    }

    private boolean waits() {
        return wait || !timeout.isEmpty();
    }

    private static boolean isUnderWay(JsonNode volume) {
        return volume.has("move");
    }

    /** The slot's volumes once it is over; null: it is not in that time. The server may be away meanwhile. */
    private @Nullable List<JsonNode> settled(KnitClient knit, long end) {
        ServerAbsence absence = new ServerAbsence();
        while (true) {
            Optional<List<JsonNode>> own = absence.look(() -> Optional.of(own(knit)), Optional.empty());
            if (own.isPresent() && own.get().stream().noneMatch(VolumeMove::isUnderWay)) {
                return own.get();
            }
            if (System.nanoTime() >= end) {
                return null;
            }
            try {
                Thread.sleep(LOOK_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return null;
            }
        }
    }

    private List<JsonNode> own(KnitClient knit) {
        List<JsonNode> own = new ArrayList<>();
        knit.volumes(deployment, null).path("volumes").forEach(it -> {
            if (slot.equals(Listings.text(it, "slot"))) {
                own.add(it);
            }
        });
        return own;
    }
}
