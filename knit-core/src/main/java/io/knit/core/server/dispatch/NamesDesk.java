package io.knit.core.server.dispatch;

import io.knit.api.model.Node;
import io.knit.api.spi.loop.Loop;
import io.knit.api.spi.transport.Transport;
import io.knit.api.spi.transport.TransportMessage;
import io.knit.core.server.agenda.Agenda;
import io.knit.core.server.names.NamesLog;
import io.knit.core.server.names.NamesTable;
import io.knit.core.server.state.ClusterState;
import io.knit.core.server.state.Commit;
import io.knit.core.server.writer.StateWriter;
import io.knit.core.wire.Inbox;
import io.knit.core.wire.NamesPage;
import io.knit.core.wire.NamesRequest;
import io.knit.core.wire.Subjects;
import io.knit.core.wire.WireCodec;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells agents what changed in the table of names, and gives it to those who ask. Loop-bound. */
public final class NamesDesk {
    private static final Logger LOG = LoggerFactory.getLogger(NamesDesk.class);
    private static final int PAGE_BYTES = 256 * 1024;
    /** Instances that change so soon after another change was told wait until then, and are told in one. Deployments are not that many. */
    private static final Duration TOGETHER = Duration.ofMillis(100);

    private final Loop loop;
    private final Agenda agenda;
    private final Transport transport;
    private final StateWriter writer;
    private final NamesLog log;
    private final Set<String> changed = new TreeSet<>();
    private NamesTable newest;
    private Duration next;

    public NamesDesk(Loop loop, Agenda agenda, Transport transport, StateWriter writer) {
        this.loop = loop;
        this.agenda = agenda;
        this.transport = transport;
        this.writer = writer;
        this.newest = NamesTable.of(writer.committed());
        this.log = new NamesLog(newest);
        this.next = loop.elapsed();
    }

    /** Of the table that agents are told of. */
    public String digest() {
        return log.digest();
    }

    /** To be called after each commit. */
    public void committed(Commit commit) {
        NamesTable before = newest;
        newest = before.after(commit, changed);
        if (changed.stream().anyMatch(NamesTable::isDeployment)) {
            tell();
        } else if (newest != before) {
            agenda.atLatest("names", next, this::tell);
        }
    }

    private void tell() {
        next = loop.elapsed().plus(TOGETHER);
        String cluster = writer.committed().cluster();
        log.tell(newest, changed, cluster, PAGE_BYTES).forEach(this::publish);
        changed.clear();
    }

    private void publish(NamesPage page) {
        transport
                .publish(Subjects.NAMES_BROADCAST, WireCodec.encode(page))
                .onFailure(e ->
                        LOG.debug("Names that changed were not told; a heartbeat will heal it: {}", e.getMessage()));
    }

    /**
     * Answers an agent's request for what it has not; one that is not its node's is dropped.
     *
     * @param speaker the node on whose subject it came
     */
    public void answer(String speaker, TransportMessage message, Inbox inbox) {
        NamesRequest request = inbox.read(message, NamesRequest.class);
        ClusterState state = writer.committed();
        Node node = state.node(speaker);
        if (request == null
                || node == null
                || !speaker.equals(request.node())
                || !state.cluster().equals(request.cluster())
                || !node.identity().equals(request.identity())) {
            inbox.drop();
            return;
        }
        int most = request.mostBytes() == null ? PAGE_BYTES : Math.min(PAGE_BYTES, request.mostBytes());
        message.reply(WireCodec.encode(log.page(state.cluster(), request.have(), request.after(), most)));
    }
}
