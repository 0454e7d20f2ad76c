package recognizer

import "menshen"

// Why a face has no descriptor, as stable words for Face.Refusal and AnalysedFace.Refusal.
const (
	RefusalUnreadable = "unreadable_picture" // the picture cannot be decoded
	RefusalMisplaced  = "misplaced_face"     // the face lies outside the picture, or its points make no face
	RefusalTooSmall   = "too_small"          // too few pixels to recognise anybody by
	RefusalNoFace     = "no_face"            // the engine sees no face where the detector saw one
	RefusalOverloaded = "overloaded"         // dropped for newer ones, the recognizer cannot keep up
	RefusalFailed     = "failed"             // the engine failed; the log says how
)

// RefusalText gives the words for a refusal that people read.
func RefusalText(word string) menshen.Text {
	switch word {
	case RefusalUnreadable:
		return menshen.Text{ZH: "图片无法读取", EN: "the picture cannot be read"}
	case RefusalMisplaced:
		return menshen.Text{ZH: "人脸不完整", EN: "the face is not wholly in the picture"}
	case RefusalTooSmall:
		return menshen.Text{ZH: "人脸太小", EN: "the face is too small"}
	case RefusalNoFace:
		return menshen.Text{ZH: "未能提取人脸特征", EN: "no face could be made out"}
	case RefusalOverloaded:
		return menshen.Text{ZH: "识别繁忙", EN: "recognition is overloaded"}
	case RefusalFailed:
		return menshen.Text{ZH: "识别故障", EN: "recognition failed"}
	}
	return menshen.Text{ZH: word, EN: word}
}
