using ClipGuard.Media.Libav.Tracks;

using FFmpeg.AutoGen;

namespace ClipGuard.Media.Libav.Pictures;

/// <summary>Decodes encoded pictures that come from no container of FFmpeg's, one after the other, each by itself. Owns its decoder.</summary>
internal sealed unsafe class StillDecoder : IDisposable
{
    private readonly DecodeState _session;
    private readonly AVPacket* _packet = ffmpeg.av_packet_alloc();
    private AVCodecContext* _codec;
    private bool _used;

    private StillDecoder(DecodeState session, AVCodec* decoder, AVCodecParameters* parameters, ReadOnlySpan<byte> configuration)
    {
        _session = session;
        _codec = ffmpeg.avcodec_alloc_context3(decoder);
        if (parameters != null)
        {
            byte* own = parameters->extradata;
            int ownLength = parameters->extradata_size;
            fixed (byte* extra = configuration)
            {
                // What it points to is copied.
                parameters->extradata = extra;
                parameters->extradata_size = configuration.Length;
                _ = ffmpeg.avcodec_parameters_to_context(_codec, parameters);
                parameters->extradata = own;
                parameters->extradata_size = ownLength;
            }
        }

        DecoderSetup.Configure(_codec, decoder, session);
    }

    /// <summary>Opens a decoder.</summary>
    /// <param name="session">The decode.</param>
    /// <param name="decoder">Which; null is none.</param>
    /// <param name="parameters">Parameters of a stream of its kind; null where pictures tell all by themselves.</param>
    /// <param name="configuration">What it has to know beforehand, instead of what the stream's decoder has.</param>
    /// <returns>Null where it cannot be opened.</returns>
    public static StillDecoder? Open(DecodeState session, AVCodec* decoder, AVCodecParameters* parameters = null, ReadOnlySpan<byte> configuration = default)
    {
        if (decoder == null)
        {
            return null;
        }

        var opened = new StillDecoder(session, decoder, parameters, configuration);
        if (ffmpeg.avcodec_open2(opened._codec, decoder, null) >= 0)
        {
            return opened;
        }

        opened.Dispose();
        return null;
    }

    /// <summary>Decodes a picture.</summary>
    /// <param name="encoded">All its bytes.</param>
    /// <param name="frame">Receives the picture.</param>
    /// <param name="damaged">True where parts of it are made up, or nothing came out.</param>
    /// <returns>False where nothing came out.</returns>
    public bool Decode(ReadOnlySpan<byte> encoded, AVFrame* frame, out bool damaged)
    {
        if (_used)
        {
            ffmpeg.avcodec_flush_buffers(_codec);
        }

        _used = true;
        _session.WasRead = true;
        _session.Marks.Enter(DecodeStage.Decode);
        int admitted = _session.AdmittedDamage;
        int error;
        fixed (byte* data = encoded)
        {
            // Bytes that nobody owns are copied by the decoder.
            _packet->data = data;
            _packet->size = encoded.Length;
            _packet->flags = ffmpeg.AV_PKT_FLAG_KEY;
            error = ffmpeg.avcodec_send_packet(_codec, _packet);
            _packet->data = null;
            _packet->size = 0;
        }

        _session.Marks.AddPacket();
        error = error >= 0 ? ffmpeg.avcodec_send_packet(_codec, null) : error;
        error = error >= 0 ? ffmpeg.avcodec_receive_frame(_codec, frame) : error;
        damaged = error < 0 || _session.AdmittedDamage != admitted || frame->decode_error_flags != 0 || (frame->flags & ffmpeg.AV_FRAME_FLAG_CORRUPT) != 0;
        if (error >= 0)
        {
            _session.Marks.AddFrame();
        }

        return error >= 0;
    }

    public void Dispose()
    {
        AVPacket* packet = _packet;
        ffmpeg.av_packet_free(&packet);
        AVCodecContext* codec = _codec;
        ffmpeg.avcodec_free_context(&codec);
        _codec = null;
    }
}
