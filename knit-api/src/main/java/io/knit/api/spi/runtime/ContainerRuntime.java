package io.knit.api.spi.runtime;

import io.knit.api.spi.Component;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Runs containers on this host.
 *
 * <p>Obligations: 1. never blocks, and every call ends within a deadline, failing with {@code RUNTIME_UNAVAILABLE} if the
 * engine does not answer, or with {@code BUSY} if the call waited too long behind others; 2. {@link #create} does not start, and where a container of that name and with the same instance label is
 * there already, gives that one's id; 3. {@link #remove} of what is not there succeeds; 4. {@link #snapshot} shows every container with the
 * cluster's label, whatever its state, and none without; 5. labels come back as given; 6. {@link #start} of a running container
 * succeeds, and fails with {@code PORT_IN_USE} if a port is held by another, and with {@code NO_SUCH_ADDRESS}, leaving the container as it was, if the
 * host does not have the address of one, or has it not yet; 7. a container never starts by itself: the
 * agent owns restarts; 8. limits its own concurrency, so that callers need not; 9. after a call failed it may be repeated;
 * 10. an engine's list may lag behind what {@link #onChange} hinted at, but not behind the hint by more than 2 s; 11. a snapshot's
 * {@link RuntimeSnapshot#engineId} is one for all who ask the same engine, and no other engine's, or empty; 12. where it says {@link #keepsPlatforms}, an
 * image that is there for another platform than {@link ImageRequest#platform} is as if it were not, and {@link #create} makes a container for the one that its
 * process wants, or fails with {@code IMAGE_UNAVAILABLE}.
 */
public interface ContainerRuntime extends Component {
    /**
     * Makes sure that an image is there, as the policy says.
     *
     * @return how it came to be there
     */
    Future<PulledImage> pull(ImageRequest request);

    /**
     * As {@link #pull(ImageRequest)}, and tells of what goes wrong on the way before it is known how it ends.
     *
     * @param remarks called with a sentence each time; on any thread
     */
    default Future<PulledImage> pull(ImageRequest request, Consumer<String> remarks) {
        return pull(request);
    }

    /**
     * As {@link #pull(ImageRequest, Consumer)}, and tells how far it has come, where the engine says so.
     *
     * @param listener told until the pull has ended
     */
    default Future<PulledImage> pull(ImageRequest request, PullListener listener) {
        return pull(request, (Consumer<String>) listener::remark);
    }

    /**
     * As {@link #pull(ImageRequest)}, for a container that is to take the place of one that runs: also fails with {@code IMAGE_UNAVAILABLE}
     * where it is sure that the image can't run here. What is only likely is a note.
     */
    default Future<PulledImage> prepare(ImageRequest request) {
        return pull(request);
    }

    /**
     * Whether it keeps obligation 12; it can't change. A node whose runtime does not is given nothing that wants a platform. A runtime that was written
     * before there were platforms knows nothing of them, so that this has to be said.
     */
    default boolean keepsPlatforms() {
        return false;
    }

    /** Makes a container. Its image must be there. */
    Future<String> create(ContainerSpec spec);

    /** Starts a created or ended container. */
    Future<Void> start(String containerId);

    /** Stops it (SIGTERM, then SIGKILL after the grace time) and removes it with its anonymous volumes. */
    Future<Void> remove(String containerId, Duration grace);

    /** The engine and all containers with the label {@code knit.cluster=cluster}. */
    Future<RuntimeSnapshot> snapshot(String cluster);

    /**
     * Calls the listener soon after any container with a {@code knit.cluster} label started, ended or was removed, and after the engine
     * was lost or reached again. A hint to take a snapshot, and one or two more within the next 2 s: it may come late, twice or never.
     * On any thread.
     */
    default void onChange(Runnable listener) {}
}
