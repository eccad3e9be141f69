"""DICOM objects for make-fixtures: an invented patient, fixed UIDs, only what the standard asks for."""
import hashlib
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from pydicom import Dataset, FileMetaDataset, dcmread, dcmwrite
from pydicom.encaps import generate_fragments
from pydicom.sequence import Sequence
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

SECONDARY_CAPTURE = "1.2.840.10008.5.1.4.1.1.7"
MULTIFRAME_BYTE = "1.2.840.10008.5.1.4.1.1.7.2"
MULTIFRAME_WORD = "1.2.840.10008.5.1.4.1.1.7.3"
MAMMOGRAM = "1.2.840.10008.5.1.4.1.1.1.2"


def uid(name: str) -> str:
    """The same UID for the same name, in the form for UUIDs (PS3.5 B.2)."""
    return f"2.25.{int.from_bytes(hashlib.sha256(f'aecodec fixture {name}'.encode()).digest()[:15], 'big')}"


def code(value: str, scheme: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def common(name: str, sop_class: str, modality: str) -> Dataset:
    """Patient, study, series and equipment of an object without a patient."""
    ds = Dataset()
    ds.SOPClassUID, ds.SOPInstanceUID = sop_class, uid(name)
    ds.StudyInstanceUID, ds.SeriesInstanceUID = uid("study"), uid(f"series {modality}")
    ds.PatientName, ds.PatientID = "Anonymous^Fixture", "FIXTURE"
    ds.PatientBirthDate, ds.PatientSex = "", "O"
    ds.PatientIdentityRemoved = "YES"
    ds.DeidentificationMethod = "no identifying attribute was kept"
    ds.StudyDate = ds.StudyTime = ds.AccessionNumber = ds.ReferringPhysicianName = ""
    ds.StudyID, ds.SeriesNumber, ds.InstanceNumber = "1", 1, 1
    ds.Modality, ds.Manufacturer = modality, "aecodec"
    ds.ImageType = ["DERIVED", "SECONDARY"]
    ds.BurnedInAnnotation = "NO"
    return ds


def pixels(ds: Dataset, samples: np.ndarray, stored: int, photometric: str = "MONOCHROME2") -> None:
    """Image pixel module; `samples` is [rows, columns] or [frames, rows, columns]."""
    ds.SamplesPerPixel, ds.PhotometricInterpretation = 1, photometric
    if samples.ndim == 3:
        ds.NumberOfFrames = samples.shape[0]
    ds.Rows, ds.Columns = samples.shape[-2:]
    ds.BitsAllocated = 8 * samples.dtype.itemsize
    ds.BitsStored, ds.HighBit = stored, stored - 1
    ds.PixelRepresentation = int(samples.dtype.kind == "i")
    data = samples.astype(samples.dtype.newbyteorder("<")).tobytes()
    ds.PixelData = data + b"\0" * (len(data) % 2)
    ds["PixelData"].VR = "OB" if ds.BitsAllocated == 8 else "OW"


def secondary_capture(
    name: str, samples: np.ndarray, stored: int, photometric: str = "MONOCHROME2"
) -> Dataset:
    frames = samples.ndim == 3
    word = MULTIFRAME_WORD if samples.dtype.itemsize == 2 else MULTIFRAME_BYTE
    ds = common(name, word if frames else SECONDARY_CAPTURE, "OT")
    ds.ConversionType, ds.PatientOrientation, ds.Laterality = "SYN", "", ""
    if frames:
        ds.PresentationLUTShape = "IDENTITY"
        ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
        ds.FrameIncrementPointer = 0x00181065
        ds.FrameTimeVector = [0] + [40] * (samples.shape[0] - 1)
    pixels(ds, samples, stored, photometric)
    return ds


def mammogram(name: str, samples: np.ndarray) -> Dataset:
    """A digital mammography X-ray image for presentation (PS3.3 A.27)."""
    ds = common(name, MAMMOGRAM, "MG")
    ds.ImageType = ["DERIVED", "PRIMARY", ""]
    ds.PresentationIntentType = "FOR PRESENTATION"
    ds.SeriesDescription = "crop of a screening view"
    ds.DerivationDescription = "12 bit values of a 16 bit PNG, cropped"
    ds.BodyPartExamined, ds.ImageLaterality, ds.ViewPosition = "BREAST", "L", "CC"
    ds.PatientOrientation = ["A", "R"]
    ds.AnatomicRegionSequence = Sequence([code("76752008", "SCT", "Breast")])
    view = code("399162004", "SCT", "cranio-caudal")
    view.ViewModifierCodeSequence = Sequence([])
    ds.ViewCodeSequence = Sequence([view])
    ds.OrganExposed = "BREAST"
    ds.BreastImplantPresent, ds.PositionerType = "NO", "MAMMOGRAPHIC"
    ds.DetectorType = ""
    ds.ImagerPixelSpacing = [0.07, 0.07]
    ds.PixelIntensityRelationship, ds.PixelIntensityRelationshipSign = "LOG", -1
    ds.RescaleIntercept, ds.RescaleSlope, ds.RescaleType = 0, 1, "US"
    ds.PresentationLUTShape, ds.LossyImageCompression = "IDENTITY", "00"
    ds.AcquisitionContextSequence = Sequence([])
    ds.WindowCenter, ds.WindowWidth = 2048, 4096
    ds.PartialView = "YES"
    ds.PartialViewDescription = "crop"
    pixels(ds, samples, 12)
    return ds


def to_bytes(ds: Dataset, syntax: str = ExplicitVRLittleEndian, preamble: bool = True) -> bytes:
    """The file of a native data set."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.dcm"
        if preamble:
            meta = FileMetaDataset()
            meta.FileMetaInformationVersion = b"\0\1"
            meta.MediaStorageSOPClassUID, meta.MediaStorageSOPInstanceUID = ds.SOPClassUID, ds.SOPInstanceUID
            meta.TransferSyntaxUID = syntax
            meta.ImplementationClassUID = uid("make-fixtures")
            meta.ImplementationVersionName = "AECODEC_FIXTURES"
            ds.file_meta = meta
            dcmwrite(path, ds, enforce_file_format=True)
        else:
            if hasattr(ds, "file_meta"):
                del ds.file_meta
            dcmwrite(path, ds, implicit_vr=syntax == ImplicitVRLittleEndian, little_endian=True)
        return path.read_bytes()


def converted(file: bytes, *command: str) -> bytes:
    """What a DCMTK tool makes of a file: `command` is its name and options."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder) / "in.dcm", Path(folder) / "out.dcm"
        source.write_bytes(file)
        subprocess.run([*command, source, target], check=True)
        return target.read_bytes()


def codestreams(file: bytes) -> list[bytes]:
    """The fragments of the pixel data, without the offset table."""
    with tempfile.NamedTemporaryFile() as handle:
        handle.write(file)
        handle.flush()
        return list(generate_fragments(dcmread(handle.name).PixelData))[1:]


def encapsulated(ds: Dataset, syntax: str, fragments: list[bytes], offsets: list[int] | None = None) -> bytes:
    """The file of `ds` with its pixels replaced by fragments and an offset table, empty unless given."""
    table = b"".join(offset.to_bytes(4, "little") for offset in offsets or [])
    items = b""
    for item in [table, *fragments]:
        item += b"\0" * (len(item) % 2)
        items += b"\xfe\xff\x00\xe0" + len(item).to_bytes(4, "little") + item
    ds.PixelData = items  # pydicom writes the delimiter
    ds["PixelData"].VR = "OB"
    ds["PixelData"].is_undefined_length = True
    return to_bytes(ds, syntax)
