/**
 * Takes a page's own model and who looks, gives an answer: what all pages have in common, the login, and the word by which a form is known to be of a page of ours.
 */
@NullMarked
package io.knit.core.server.dashboard.frame;

import org.jspecify.annotations.NullMarked;
