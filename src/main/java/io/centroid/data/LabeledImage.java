package io.centroid.data;

/**
 * One image with its class.
 *
 * @param id its place in the official order: training images from 0, test images after them
 * @param label its class, from 0
 * @param pixels unsigned 0 to 255, height × width × channel order; read only, and only valid during
 *     the call it is handed to unless said otherwise
 */
@SuppressWarnings("ArrayRecordComponent") // a value on the way from a reader to a writer
public record LabeledImage(int id, int label, byte[] pixels) {}
