package io.knit.core.server.image;

import io.knit.api.error.ErrorCode;
import io.knit.api.error.KnitException;
import io.knit.api.spi.loop.Loop;
import io.knit.core.server.inside.Inside;
import io.knit.core.server.inside.Pipe;
import io.knit.core.server.inside.PipeReader;
import io.knit.core.wire.WireCodec;
import io.knit.core.wire.asked.StreamRequest;
import io.knit.core.wire.image.ImageAsked;
import io.knit.core.wire.image.LayersHere;
import io.vertx.core.Future;
import io.vertx.core.Promise;

/** An image on its way to one node. What it has of it is left out; where it then can't take the rest, all is sent. On the loop of streams. */
final class NodePush {
    private final Loop loop;
    private final Inside inside;
    private final String node;
    private final SavedImage image;
    private final Promise<NodePushed> ended = Promise.promise();
    private Pipe pipe = Pipe.NONE;

    NodePush(Loop loop, Inside inside, String node, SavedImage image) {
        this.loop = loop;
        this.inside = inside;
        this.node = node;
        this.image = image;
    }

    /** Never fails. */
    Future<NodePushed> begin() {
        open(image.asked());
        return ended.future();
    }

    void cancel(String why) {
        if (ended.tryComplete(NodePushed.failed(node, why))) {
            pipe.cancel();
        }
    }

    private void open(ImageAsked asked) {
        if (!ended.future().isComplete()) {
            pipe = inside.open(node, StreamRequest.ofImage(asked), new Sending(asked));
        }
    }

    /** One try. */
    private final class Sending implements PipeReader {
        private final ImageAsked asked;
        private boolean begun;
        private boolean allSent;
        private int left;
        private long sent;

        Sending(ImageAsked asked) {
            this.asked = asked;
        }

        @Override
        public void begun() {}

        /** It says what it has. */
        @Override
        public Future<Void> bytes(int channel, byte[] bytes) {
            loop.execute(() -> {
                if (!begun && bytes.length > 0 && !ended.future().isComplete()) {
                    begun = true;
                    answered(bytes);
                }
            });
            return Future.succeededFuture();
        }

        private void answered(byte[] bytes) {
            try {
                int here = WireCodec.decode(bytes, LayersHere.class).layers();
                left = asked.whole() ? 0 : Math.max(0, Math.min(here, image.layers()));
                send(image.pieces(left));
            } catch (KnitException e) {
                failed(e);
            }
        }

        private void send(ImagePieces pieces) {
            if (ended.future().isComplete()) {
                return;
            }
            loop.blocking(() -> {
                        byte[] next = pieces.next();
                        return next == null ? new byte[0] : next;
                    })
                    .onFailure(why -> cancel("the server can't read what came: " + why.getMessage()))
                    .onSuccess(piece -> {
                        if (piece.length == 0) {
                            allSent = true;
                            pipe.end();
                        } else {
                            sent += piece.length;
                            // what can't be sent has failed, or will
                            loop.bring(pipe.write(0, piece)).onSuccess(written -> send(pieces));
                        }
                    });
        }

        @Override
        public void ended(byte[] lastWord) {
            loop.execute(() -> {
                if (!begun) {
                    ended.tryComplete(new NodePushed(node, NodePushed.State.PRESENT, 0, image.layers(), ""));
                } else if (allSent) {
                    ended.tryComplete(new NodePushed(node, NodePushed.State.LOADED, sent, left, ""));
                } else {
                    failed(new KnitException(ErrorCode.CLOSED, "its agent ended before all of the image was sent"));
                }
            });
        }

        @Override
        public void failed(KnitException why) {
            loop.execute(() -> {
                boolean mayLack = left > 0 && why.code() == ErrorCode.RUNTIME_REFUSED;
                if (mayLack && !ended.future().isComplete()) {
                    open(asked.inWhole());
                } else {
                    ended.tryComplete(NodePushed.failed(node, String.valueOf(why.getMessage())));
                }
            });
        }
    }
}
