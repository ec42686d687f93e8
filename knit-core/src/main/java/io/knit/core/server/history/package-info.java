/**
 * 4 history: takes commands that changed something and what their commit means, gives rows that are stored with it
 * ({@link io.knit.core.server.history.HistoryRows}), and reads them back in pages.
 */
@NullMarked
package io.knit.core.server.history;

import org.jspecify.annotations.NullMarked;
